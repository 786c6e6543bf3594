import { createClient } from "npm:@supabase/supabase-js@2.45.4";
const client = createClient(Deno.env.get("SUPABASE_URL")!, Deno.env.get("SUPABASE_ANON_KEY")!);

Deno.serve(async (req) => {
  const { title } = await req.json();
  const { error } = await client.from("notes").insert({ title });
  if (error) return new Response("unavailable", { status: 503 });
  return new Response(null, { status: 201 });
});
