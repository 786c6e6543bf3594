import { serve } from "https://deno.land/std@0.224.0/http/server.ts";
import { createClient } from "https://esm.sh/@supabase/supabase-js@2.45.4";

const PREVIEW_ORIGIN = /https:\/\/[a-z0-9-]+\.shopfront\.dev/;

function headersFor(req: Request): Headers {
  const h = new Headers({ "content-type": "application/json" });
  const origin = req.headers.get("origin");
  if (origin && PREVIEW_ORIGIN.test(origin)) {
    h.set("access-control-allow-origin", origin);
    h.set("access-control-allow-credentials", "true");
    h.set("access-control-allow-headers", "authorization, apikey, content-type");
    h.set("vary", "origin");
  }
  return h;
}

async function quote(country: string, cents: number, apiKey: string) {
  const res = await fetch("https://api.taxengine.example/v2/quote", {
    method: "POST",
    headers: { authorization: `Bearer ${apiKey}`, "content-type": "application/json" },
    body: JSON.stringify({ country, amount: cents, currency: "EUR" }),
  });
  if (!res.ok) throw new Error(`tax engine ${res.status}`);
  const { rate, tax } = await res.json();
  return { rate, tax };
}

serve(async (req: Request) => {
  const headers = headersFor(req);
  if (req.method === "OPTIONS") return new Response("ok", { headers });

  try {
    const apiKey = Deno.env.get("TAX_ENGINE_KEY");
    if (!apiKey) {
      console.error("TAX_ENGINE_KEY missing");
      return new Response(JSON.stringify({ error: "not configured" }), { status: 503, headers });
    }

    const supabase = createClient(
      Deno.env.get("SUPABASE_URL")!,
      Deno.env.get("SUPABASE_ANON_KEY")!,
    );
    const jwt = (req.headers.get("authorization") ?? "").slice("Bearer ".length);
    const { data: { user } } = await supabase.auth.getUser(jwt);
    if (!user) return new Response(JSON.stringify({ error: "unauthorized" }), { status: 401, headers });

    const input = await req.json();
    if (!/^[A-Z]{2}$/.test(String(input?.country)) || !Number.isSafeInteger(input?.amount) || input.amount < 0) {
      return new Response(JSON.stringify({ error: "invalid input" }), { status: 400, headers });
    }

    return new Response(JSON.stringify(await quote(input.country, input.amount, apiKey)), { headers });
  } catch (e) {
    console.error("tax-quote", e);
    return new Response(JSON.stringify({ error: "quote failed" }), { status: 502, headers });
  }
});
