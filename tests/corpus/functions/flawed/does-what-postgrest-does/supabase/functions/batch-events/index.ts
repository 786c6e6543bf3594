import { createClient } from "npm:@supabase/supabase-js@2.45.4";
const client = createClient(Deno.env.get("SUPABASE_URL")!, Deno.env.get("SUPABASE_ANON_KEY")!);

Deno.serve(async (req) => {
  const { events } = await req.json();
  if (!Array.isArray(events) || events.length > 100) return new Response("bad request", { status: 400 });
  const { error } = await client.from("engagement_events").insert(events);
  return new Response(null, { status: error ? 503 : 204 });
});
