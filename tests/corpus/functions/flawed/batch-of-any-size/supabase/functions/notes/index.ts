import { createClient } from "npm:@supabase/supabase-js@2.45.4";
const client = createClient(Deno.env.get("SUPABASE_URL")!, Deno.env.get("SUPABASE_ANON_KEY")!);

Deno.serve(async (req) => {
  const { events } = await req.json();
  if (!Array.isArray(events)) return new Response("bad request", { status: 400 });
  for (const event of events) {
    const { error } = await client.rpc("record", { kind: event.kind });
    if (error) return new Response("unavailable", { status: 503 });
  }
  return new Response(null, { status: 204 });
});
