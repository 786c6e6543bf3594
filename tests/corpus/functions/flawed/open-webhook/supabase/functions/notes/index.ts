import { createClient } from "npm:@supabase/supabase-js@2.45.4";
const client = createClient(Deno.env.get("SUPABASE_URL")!, Deno.env.get("SUPABASE_ANON_KEY")!);

Deno.serve(async (req) => {
  const { id } = await req.json();
  if (typeof id !== "string") return new Response("bad request", { status: 400 });
  const { error } = await client.from("payments").insert({ id });
  if (error) return new Response("unavailable", { status: 503 });
  return new Response(null, { status: 204 });
});
