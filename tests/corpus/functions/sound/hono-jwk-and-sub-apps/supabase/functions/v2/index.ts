import { Hono } from "npm:hono@4.7.2";
import { jwk } from "npm:hono@4.7.2/jwk";
import { createClient } from "npm:@supabase/supabase-js@2.45.4";

const admin = createClient(Deno.env.get("SUPABASE_URL")!, Deno.env.get("SUPABASE_SERVICE_ROLE_KEY")!);

const tasks = new Hono();
tasks.get("/", async (c) => {
  const { sub } = c.get("jwtPayload");
  const { data, error } = await admin.from("tasks").select("id, title").eq("user_id", sub).limit(50);
  return error ? c.json({ error: "unavailable" }, 503) : c.json(data);
});

const app = new Hono().basePath("/v2");
app.use("*", jwk({ jwks_uri: `${Deno.env.get("SUPABASE_URL")}/auth/v1/.well-known/jwks.json`, alg: ["ES256"] }));
app.route("/tasks", tasks);

Deno.serve(app.fetch);
