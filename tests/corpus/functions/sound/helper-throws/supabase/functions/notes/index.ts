import { createClient } from "npm:@supabase/supabase-js@2.45.4";
import { HttpError, requireUser } from "../_shared/auth.ts";
const admin = createClient(Deno.env.get("SUPABASE_URL")!, Deno.env.get("SUPABASE_SERVICE_ROLE_KEY")!);

Deno.serve(async (req) => {
  try {
    const user = await requireUser(req);
    const { data, error } = await admin.from("scores").select("score").eq("user_id", user.id);
    if (error) throw new HttpError(503, "unavailable");
    return Response.json(data);
  } catch (error) {
    if (error instanceof HttpError) return Response.json({ error: error.message }, { status: error.status });
    console.error("unexpected", error instanceof Error ? error.name : "unknown");
    return Response.json({ error: "internal" }, { status: 500 });
  }
});
