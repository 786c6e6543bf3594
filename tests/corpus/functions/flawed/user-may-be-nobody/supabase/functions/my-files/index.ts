import { createClient } from "npm:@supabase/supabase-js@2.45.4";

const supabase = createClient(Deno.env.get("SUPABASE_URL")!, Deno.env.get("SUPABASE_SERVICE_ROLE_KEY")!);

Deno.serve(async (req) => {
  const { data } = await supabase.auth.getUser(req.headers.get("Authorization")?.replace("Bearer ", ""));
  const query = supabase.from("files").select("name, size").limit(100);
  const { data: files, error } = data?.user ? await query.eq("owner", data.user.id) : await query;
  if (error) return new Response("unavailable", { status: 503 });
  return Response.json(files);
});
