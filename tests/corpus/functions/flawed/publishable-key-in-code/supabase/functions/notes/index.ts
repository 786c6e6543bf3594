import { createClient } from "npm:@supabase/supabase-js@2.45.4";
const client = createClient("https://example.supabase.co", "sb_publishable_4fG7hJ2kL9mN3pQ5rS8tV1wX");

Deno.serve(async () => {
  const { data, error } = await client.from("news").select("title");
  if (error) return new Response("unavailable", { status: 503 });
  return Response.json(data);
});
