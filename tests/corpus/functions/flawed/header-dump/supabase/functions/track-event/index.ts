import { createClient } from "https://esm.sh/@supabase/supabase-js@2.45.4";

const EVENTS = ["opened", "closed", "purchased", "shared"] as const;
type EventName = (typeof EVENTS)[number];

const CORS = {
  "Access-Control-Allow-Origin": "*",
  "Access-Control-Allow-Headers": "authorization, x-client-info, apikey, content-type",
} as const;

function isEvent(name: unknown): name is EventName {
  return EVENTS.some((e) => e === name);
}

Deno.serve(async (req) => {
  if (req.method === "OPTIONS") return new Response("ok", { headers: CORS });

  console.log("track-event", req.method, JSON.stringify(Object.fromEntries(req.headers)));

  const payload = await req.json().catch(() => undefined);
  if (!isEvent(payload?.name)) {
    return Response.json({ error: "unknown event" }, { status: 400, headers: CORS });
  }

  const client = createClient(Deno.env.get("SUPABASE_URL")!, Deno.env.get("SUPABASE_SERVICE_ROLE_KEY")!, {
    auth: { persistSession: false },
  });
  const { data: { user }, error: userError } = await client.auth.getUser(
    req.headers.get("Authorization")?.replace("Bearer ", "") ?? "",
  );
  if (userError || !user) return Response.json({ error: "unauthorized" }, { status: 401, headers: CORS });

  const { error } = await client.from("events").insert({ name: payload.name, user_id: user.id });
  if (error) {
    console.error("events insert", error.code);
    return Response.json({ error: "not stored" }, { status: 500, headers: CORS });
  }
  return new Response(null, { status: 202, headers: CORS });
});
