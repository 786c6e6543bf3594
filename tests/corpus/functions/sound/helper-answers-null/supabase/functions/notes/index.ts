import { createClient } from "npm:@supabase/supabase-js@2.45.4";
import { userOf } from "../_shared/auth.ts";
const admin = createClient(Deno.env.get("SUPABASE_URL")!, Deno.env.get("SUPABASE_SERVICE_ROLE_KEY")!);

Deno.serve(async (req) => {
  const user = await userOf(req);
  if (user === null) return new Response("unauthorized", { status: 401 });
  const { data, error } = await admin.from("scores").select("score").eq("user_id", user.sub);
  if (error) return new Response("unavailable", { status: 503 });
  return Response.json(data);
});
