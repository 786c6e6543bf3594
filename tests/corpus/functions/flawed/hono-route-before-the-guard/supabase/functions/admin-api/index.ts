import { Hono } from "jsr:@hono/hono@4.6.3";
import { createClient } from "jsr:@supabase/supabase-js@2.45.4";
import { bearer } from "./bearer.ts";

const app = new Hono().basePath("/admin-api");
const supabaseAdmin = () => createClient(Deno.env.get("SUPABASE_URL")!, Deno.env.get("SUPABASE_SERVICE_ROLE_KEY")!);

app.get("/members", async (c) => {
  const { data, error } = await supabaseAdmin().from("members").select("id, email").limit(100);
  if (error) return c.json({ error: "unavailable" }, 503);
  return c.json(data);
});

app.use("*", async (c, next) => {
  const { data, error } = await supabaseAdmin().auth.getUser(bearer(c.req.raw));
  if (error || !data.user) return c.json({ error: "unauthorized" }, 401);
  c.set("user", data.user);
  await next();
});

app.get("/me", async (c) => {
  const { data, error } = await supabaseAdmin().from("members").select("id, plan").eq("id", c.get("user").id).single();
  if (error) return c.json({ error: "unavailable" }, 503);
  return c.json(data);
});

Deno.serve(app.fetch);
