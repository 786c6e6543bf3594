import { serve } from "https://deno.land/std@0.168.0/http/server.ts";
import { createClient } from "https://esm.sh/@supabase/supabase-js@2.39.7";

interface RatesResponse {
  base: string;
  rates: Record<string, number>;
}

const CURRENCIES = ["USD", "SEK", "NOK", "DKK", "GBP"];

async function loadRates(): Promise<RatesResponse> {
  const res = await fetch(`https://api.frankfurter.app/latest?to=${CURRENCIES.join(",")}`, {
    signal: AbortSignal.timeout(10_000),
  });
  if (!res.ok) throw new Error(`frankfurter answered ${res.status}`);
  return await res.json();
}

serve(async (req) => {
  const cronSecret = Deno.env.get("CRON_SECRET");
  const given = req.headers.get("x-cron-secret");
  if (cronSecret && given !== cronSecret) {
    return new Response(JSON.stringify({ error: "Unauthorized" }), { status: 401 });
  }

  try {
    const { base, rates } = await loadRates();
    const supabase = createClient(
      Deno.env.get("SUPABASE_URL")!,
      Deno.env.get("SUPABASE_SERVICE_ROLE_KEY")!,
    );

    const rows = Object.entries(rates).map(([quote, rate]) => ({ base, quote, rate }));
    const { error } = await supabase.from("fx_rates").upsert(rows, { onConflict: "base,quote" });
    if (error) throw error;

    await supabase.from("fx_snapshots").insert({ base, taken_at: new Date().toISOString(), size: rows.length });

    return new Response(JSON.stringify({ updated: rows.length }), {
      headers: { "Content-Type": "application/json" },
    });
  } catch (error) {
    console.error("fx-snapshot", error);
    return new Response(JSON.stringify({ error: "snapshot failed" }), { status: 502 });
  }
});
