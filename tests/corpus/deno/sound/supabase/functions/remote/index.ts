/// <reference types="https://example.com/nowhere.d.ts" />
import "jsr:@supabase/functions-js@2.4.3/edge-runtime.d.ts";
import { Buffer } from "node:buffer";
import * as jose from "jsr:@panva/jose@6.0.11";
import Stripe from "stripe";
import { createClient, type SupabaseClient, type User } from "npm:@supabase/supabase-js@2.45.4";
// @deno-types="https://example.com/hono.d.ts"
import { type Context, Hono } from "npm:hono@4.6.3";
import { z } from "zod";
import { greet } from "@/greet.ts";
import names from "@/names.json" with { type: "json" };

interface Database {
  readonly public: object;
}
const Body = z.object({ event: z.string().max(40) });
type Body = z.infer<typeof Body>;

class OwnApp extends Hono<{ Variables: { user: User } }> {}

const client: SupabaseClient<Database> = createClient<Database>(
  Deno.env.get("SUPABASE_URL")!,
  Deno.env.get("SUPABASE_ANON_KEY")!,
);
const kinds = new Map<string, (event: Stripe.Checkout.Session) => string>([["paid", (session) => session.id]]);
const app = new OwnApp().basePath("/remote");

app.post("/", async (c: Context) => {
  const header: string = c.req.header("authorization") ?? "";
  const { data, error } = await client.auth.getUser(header.slice(7));
  if (error || !data.user) return c.json({ error: "unauthorized" }, 401);
  const parsed = Body.safeParse(await c.req.json());
  if (!parsed.success) return c.json({ error: "bad request" }, 400);
  const body: Body = parsed.data;
  const claims: jose.JWTPayload = { sub: data.user.id };
  const { encodeHex } = await import("jsr:@std/encoding@1.0.5/hex");
  EdgeRuntime.waitUntil(Promise.resolve());
  return c.json({
    ...greet(names[0] ?? ""),
    kind: kinds.has(body.event),
    id: encodeHex(Buffer.from(String(claims.sub))),
  });
});

Deno.serve(app.fetch);
