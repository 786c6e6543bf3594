import { createClient } from "npm:@supabase/supabase-js@2.45.4";

type Checkin = { readonly day: string; readonly minutes: number; readonly tags: readonly string[] };

class BadRequest extends Error {}

function assert(condition: boolean, message: string): asserts condition {
  if (!condition) throw new BadRequest(message);
}

function parseCheckin(input: unknown): Checkin {
  assert(typeof input === "object" && input !== null, "the body is an object");
  const { day, minutes, tags } = input as Record<string, unknown>;
  assert(typeof day === "string" && /^\d{4}-\d{2}-\d{2}$/.test(day), "day is YYYY-MM-DD");
  assert(typeof minutes === "number" && minutes >= 0 && minutes <= 1440, "minutes is 0 to 1440");
  assert(Array.isArray(tags) && tags.length <= 10 && tags.every((tag) => typeof tag === "string" && tag.length <= 30), "tags are up to 10 short texts");
  return { day, minutes, tags };
}

Deno.serve(async (req) => {
  if (req.method !== "POST") return new Response("method not allowed", { status: 405, headers: { Allow: "POST" } });
  const authorization = req.headers.get("Authorization");
  if (authorization === null) return new Response("unauthorized", { status: 401 });

  const client = createClient(Deno.env.get("SUPABASE_URL")!, Deno.env.get("SUPABASE_ANON_KEY")!, {
    global: { headers: { Authorization: authorization } },
    auth: { persistSession: false, autoRefreshToken: false },
  });
  try {
    const checkin = parseCheckin(await req.json());
    const { error } = await client.from("checkins").upsert(checkin, { onConflict: "user_id,day" });
    if (error) return new Response("unavailable", { status: 503 });
    return new Response(null, { status: 204 });
  } catch (error) {
    if (error instanceof BadRequest) return Response.json({ error: error.message }, { status: 400 });
    if (error instanceof SyntaxError) return Response.json({ error: "the body is no JSON" }, { status: 400 });
    console.error("checkin", error instanceof Error ? error.name : "unknown");
    return new Response("internal", { status: 500 });
  }
});
