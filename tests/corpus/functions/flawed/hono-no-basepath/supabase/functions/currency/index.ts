import { Hono } from "hono";
import { createClient } from "@supabase/supabase-js";
import { DECIMALS, round } from "./units.ts";

const app = new Hono();

const clientFor = (authorization = "") =>
  createClient(Deno.env.get("SUPABASE_URL")!, Deno.env.get("SUPABASE_ANON_KEY")!, {
    global: { headers: { Authorization: authorization } },
  });

async function rates(authorization?: string): Promise<Map<string, number>> {
  const { data, error } = await clientFor(authorization).from("fx_rates").select("code, per_eur").limit(50);
  if (error) throw error;
  return new Map(data.map(({ code, per_eur }) => [code, per_eur]));
}

app.get("/rates", async (c) => {
  return c.json(Object.fromEntries(await rates(c.req.header("Authorization"))));
});

app.post("/convert", async (c) => {
  const { from, to, amount } = (await c.req.json().catch(() => null)) ?? {};
  if (!(from in DECIMALS) || !(to in DECIMALS) || !Number.isFinite(amount)) {
    return c.json({ error: "from, to and amount are required" }, 400);
  }
  const table = await rates(c.req.header("Authorization"));
  const [source, target] = [table.get(from), table.get(to)];
  if (!source || !target) return c.json({ error: "no rate" }, 404);
  return c.json({ amount: round((amount / source) * target, to), currency: to });
});

app.onError((err, c) => {
  console.error("currency", err);
  return c.json({ error: "internal error" }, 500);
});

Deno.serve(app.fetch);
