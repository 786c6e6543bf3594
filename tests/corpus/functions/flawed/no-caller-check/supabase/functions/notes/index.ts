import { createClient } from "npm:@supabase/supabase-js@2.45.4";
const admin = createClient(Deno.env.get("SUPABASE_URL")!, Deno.env.get("SUPABASE_SERVICE_ROLE_KEY")!);

Deno.serve(async () => {
  const { data, error } = await admin.from("profiles").select("id");
  if (error) return new Response("unavailable", { status: 503 });
  return Response.json(data);
});
