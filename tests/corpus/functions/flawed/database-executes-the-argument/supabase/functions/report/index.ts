import { createClient } from "npm:@supabase/supabase-js@2.45.4";

Deno.serve(async (req) => {
  const client = createClient(Deno.env.get("SUPABASE_URL")!, Deno.env.get("SUPABASE_ANON_KEY")!, {
    global: { headers: { Authorization: req.headers.get("Authorization")! } },
  });
  const { table, day } = await req.json();
  if (typeof table !== "string" || typeof day !== "string") return new Response("bad request", { status: 400 });
  const { data, error } = await client.rpc("count_rows", { tab: table, since: day });
  if (error) return new Response("unavailable", { status: 503 });
  const { data: named, error: failed } = await client.rpc("count_quoted", { tab: table });
  if (failed) return new Response("unavailable", { status: 503 });
  return Response.json({ data, named });
});
