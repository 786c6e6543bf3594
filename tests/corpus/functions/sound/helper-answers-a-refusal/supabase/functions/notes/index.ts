import { createClient } from "npm:@supabase/supabase-js@2.45.4";
import { refuse } from "../_shared/auth.ts";
const admin = createClient(Deno.env.get("SUPABASE_URL")!, Deno.env.get("SUPABASE_SERVICE_ROLE_KEY")!);

Deno.serve(async (req) => {
  const refused = await refuse(req, admin);
  if (refused) return refused;
  const { data, error } = await admin.rpc("totals");
  if (error) return new Response("unavailable", { status: 503 });
  return Response.json(data);
});
