import { Hono } from "npm:hono@4.6.3";
import { createClient } from "npm:@supabase/supabase-js@2.45.4";
type Env = { Variables: { userId: string } };
const app = new Hono<Env>().basePath("/notes");
app.use("*", async (c, next) => {
  const sb = createClient(Deno.env.get("SUPABASE_URL")!, Deno.env.get("SUPABASE_ANON_KEY")!);
  const { data, error } = await sb.auth.getUser(c.req.header("Authorization")?.slice(7));
  if (error) return c.json({ error: "unauthorized" }, 401);
  c.set("userId", data.user.id);
  await next();
});
app.get("/mine", async (c) => {
  const admin = createClient(Deno.env.get("SUPABASE_URL")!, Deno.env.get("SUPABASE_SERVICE_ROLE_KEY")!);
  const { data, error } = await admin.from("x").select("id").eq("user_id", c.get("userId"));
  if (error) return c.json({ error: "unavailable" }, 503);
  return c.json(data);
});
Deno.serve(app.fetch);
