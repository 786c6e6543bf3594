import { Hono } from "jsr:@hono/hono@4.6.3";
import { createClient } from "npm:@supabase/supabase-js@2.45.4";

const people = new Hono();
const admin = createClient(Deno.env.get("SUPABASE_URL")!, Deno.env.get("SUPABASE_SERVICE_ROLE_KEY")!);

people.use("*", async (c, next) => {
  const { data, error } = await admin.auth.getUser(c.req.header("Authorization")?.split(" ")[1] ?? "");
  if (error) return c.text("unauthorized", 401);
  c.set("uid", data.user.id);
  await next();
});

people.get("/:userId/weights", async (c) => {
  const { data, error } = await admin.from("weights").select("day, kg").eq("user_id", c.req.param("userId")).limit(90);
  if (error) return c.text("unavailable", 503);
  return c.json(data);
});

const app = new Hono();
app.route("/people", people);
Deno.serve(app.fetch);
