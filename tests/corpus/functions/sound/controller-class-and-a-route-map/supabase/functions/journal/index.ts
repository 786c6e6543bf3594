import { createClient } from "npm:@supabase/supabase-js@2.45.4";
import { JournalController } from "./controller.ts";

const admin = createClient(Deno.env.get("SUPABASE_URL")!, Deno.env.get("SUPABASE_SERVICE_ROLE_KEY")!);

Deno.serve(async (req) => {
  const { data: { user } } = await admin.auth.getUser((req.headers.get("Authorization") ?? "").replace("Bearer ", ""));
  if (!user) return Response.json({ error: "unauthorized" }, { status: 401 });

  const controller = new JournalController(admin, user.id);
  const routes = new Map<string, (req: Request) => Promise<Response>>([
    ["GET /journal", controller.list],
    ["POST /journal", controller.create],
  ]);
  const route = routes.get(`${req.method} ${new URL(req.url).pathname}`);
  return route ? await route(req) : Response.json({ error: "not found" }, { status: 404 });
});
