import { createClient } from "npm:@supabase/supabase-js@2.45.4";
import { AuthMiddleware } from "../_shared/jwt.ts";

Deno.serve((r) =>
  AuthMiddleware(r, async () => {
    const admin = createClient(Deno.env.get("SUPABASE_URL")!, Deno.env.get("SUPABASE_SERVICE_ROLE_KEY")!);
    const { count, error } = await admin.from("users").select("*", { count: "exact", head: true });
    if (error) return new Response("unavailable", { status: 503 });
    return Response.json({ count });
  })
);
