import { createClient } from "npm:@supabase/supabase-js@2.45.4";

const kinds = ["walk", "run", "ride"] as const;

Deno.serve(async (req) => {
  const supabase = createClient(Deno.env.get("SUPABASE_URL")!, Deno.env.get("SUPABASE_ANON_KEY")!, {
    global: { headers: { Authorization: req.headers.get("Authorization")! } },
  });
  let body: Record<string, unknown>;
  try {
    body = await req.json();
  } catch {
    return Response.json({ error: "the body is no JSON" }, { status: 400 });
  }
  const problems: string[] = [];
  if (!kinds.includes(body.kind as (typeof kinds)[number])) problems.push("kind is walk, run or ride");
  if (typeof body.minutes !== "number" || body.minutes < 1 || body.minutes > 600) problems.push("minutes is 1 to 600");
  if (problems.length > 0) return Response.json({ problems }, { status: 400 });

  const { error } = await supabase.from("events").insert({ kind: body.kind, minutes: body.minutes });
  if (error) {
    console.error("register-event", error.code, error.message);
    return Response.json({ error: "unavailable" }, { status: 503 });
  }
  return new Response(null, { status: 201 });
});
