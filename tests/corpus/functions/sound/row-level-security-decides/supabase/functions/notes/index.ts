import { createClient } from "npm:@supabase/supabase-js@2.45.4";

Deno.serve(async (req) => {
  const client = createClient(Deno.env.get("SUPABASE_URL")!, Deno.env.get("SUPABASE_ANON_KEY")!, {
    global: { headers: { Authorization: req.headers.get("authorization") ?? "" } },
  });
  const id = new URL(req.url).searchParams.get("user_id");
  const { data, error } = await client.from("scores").select("score").eq("user_id", id);
  if (error) return new Response("unavailable", { status: 503 });
  return Response.json(data);
});
