import { Hono } from "npm:hono@4.6.3";
import { createMiddleware } from "npm:hono@4.6.3/factory";
import { zValidator } from "npm:@hono/zod-validator@0.4.1";
import { z } from "npm:zod@3.23.8";
import { createClient } from "npm:@supabase/supabase-js@2.58.0";

type Env = { Variables: { userId: string } };

const admin = createClient(Deno.env.get("SUPABASE_URL")!, Deno.env.get("SUPABASE_SERVICE_ROLE_KEY")!);

const authenticated = createMiddleware<Env>(async (c, next) => {
  const token = c.req.header("Authorization")?.replace(/^Bearer\s+/i, "");
  if (!token) return c.json({ error: "unauthorized" }, 401);
  const { data, error } = await admin.auth.getClaims(token);
  if (error || !data?.claims.sub) return c.json({ error: "unauthorized" }, 401);
  c.set("userId", data.claims.sub);
  await next();
});

const entry = z.object({ mood: z.enum(["good", "fine", "bad"]), note: z.string().max(500).optional() });

const app = new Hono<Env>().basePath("/api");
app.get("/health", (c) => c.text("ok"));
app.post("/entries", authenticated, zValidator("json", entry), async (c) => {
  const { mood, note } = c.req.valid("json");
  const { data, error } = await admin
    .from("entries")
    .insert({ user_id: c.get("userId"), mood, note: note ?? null })
    .select("id")
    .single();
  if (error) return c.json({ error: "unavailable" }, 503);
  return c.json({ id: data.id }, 201);
});

Deno.serve(app.fetch);
