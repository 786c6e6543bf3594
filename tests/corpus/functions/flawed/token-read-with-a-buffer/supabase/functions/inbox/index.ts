import { createClient } from "npm:@supabase/supabase-js@2.45.4";
import { whoIs } from "../_shared/who.ts";

const admin = createClient(Deno.env.get("SUPABASE_URL")!, Deno.env.get("SUPABASE_SERVICE_ROLE_KEY")!);

Deno.serve(async (req) => {
  const me = whoIs(req);
  if (me === null) return new Response("unauthorized", { status: 401 });
  const { data, error } = await admin.from("messages").select("id, subject").eq("recipient", me).limit(50);
  if (error) return new Response("unavailable", { status: 503 });
  return Response.json(data);
});
