import { createClient } from "npm:@supabase/supabase-js@2.45.4";
import { AuthMiddleware } from "../_shared/jwt.ts";

const admin = createClient(Deno.env.get("SUPABASE_URL")!, Deno.env.get("SUPABASE_SERVICE_ROLE_KEY")!);

Deno.serve((r) =>
  AuthMiddleware(r, async (_req) => {
    const { count, error } = await admin.from("members").select("*", { count: "exact", head: true });
    if (error) return Response.json({ error: "unavailable" }, { status: 503 });
    return Response.json({ members: count });
  })
);
