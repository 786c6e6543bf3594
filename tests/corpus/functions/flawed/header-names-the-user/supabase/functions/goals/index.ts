import { Hono } from "npm:hono@4.6.3";
import { createClient } from "npm:@supabase/supabase-js@2.45.4";

const app = new Hono().basePath("/goals");
const db = createClient(Deno.env.get("SUPABASE_URL")!, Deno.env.get("SUPABASE_SERVICE_ROLE_KEY")!);

app.use(async (c, next) => {
  const userId = c.req.header("x-user-id");
  if (!userId) return c.json({ error: "unauthorized" }, 401);
  c.set("userId", userId);
  return next();
});

app.get("/", async (c) => {
  const { data, error } = await db.from("goals").select("id, title").eq("owner", c.get("userId")).limit(50);
  if (error) return c.json({ error: "unavailable" }, 503);
  return c.json({ goals: data });
});

Deno.serve(app.fetch);
