import { createClient } from "npm:@supabase/supabase-js@2.45.4";
const client = createClient(Deno.env.get("SUPABASE_URL")!, Deno.env.get("SUPABASE_ANON_KEY")!);

Deno.serve(async () => {
  const { data, error } = await client.from("profiles").select();
  if (error) return new Response("unavailable", { status: 503 });
  console.log("profiles", data);
  return Response.json({ count: data.length });
});
