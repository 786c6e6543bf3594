import { createClient } from "npm:@supabase/supabase-js@2.45.4";
const client = createClient(Deno.env.get("SUPABASE_URL")!, Deno.env.get("SUPABASE_ANON_KEY")!);

Deno.serve(async (req) => {
  const term = new URL(req.url).searchParams.get("q");
  const { data, error } = await client.from("news").select("title").or(`title.ilike.%${term}%,body.ilike.%${term}%`);
  if (error) return new Response("unavailable", { status: 503 });
  return Response.json(data);
});
