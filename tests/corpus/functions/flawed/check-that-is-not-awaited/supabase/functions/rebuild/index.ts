import { createClient } from "npm:@supabase/supabase-js@2.45.4";
import { requireUser, Unauthorized } from "../_shared/auth.ts";

Deno.serve(async (req) => {
  try {
    requireUser(req);
    const admin = createClient(Deno.env.get("SUPABASE_URL")!, Deno.env.get("SUPABASE_SERVICE_ROLE_KEY")!);
    const { error } = await admin.rpc("rebuild_search");
    if (error) return new Response("unavailable", { status: 503 });
    return new Response(null, { status: 202 });
  } catch (error) {
    if (error instanceof Unauthorized) return new Response("unauthorized", { status: 401 });
    console.error("rebuild failed", (error as Error).name);
    return new Response("internal", { status: 500 });
  }
});
