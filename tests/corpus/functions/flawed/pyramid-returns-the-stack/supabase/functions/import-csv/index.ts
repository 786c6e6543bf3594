import { serve } from "https://deno.land/std@0.208.0/http/server.ts";
import { createClient } from "https://esm.sh/@supabase/supabase-js@2.45.4";

serve(async (req) => {
  try {
    const supabase = createClient(
      Deno.env.get("SUPABASE_URL")!,
      Deno.env.get("SUPABASE_ANON_KEY")!,
      { global: { headers: { Authorization: req.headers.get("Authorization")! } } },
    );
    try {
      const text = await req.text();
      if (text.length > 100_000) {
        return new Response("too large", { status: 413 });
      }
      const rows = text.split("\n").slice(1, 501).map((line) => line.split(",")).filter((cells) => cells.length === 2);
      try {
        const { error } = await supabase.from("contacts").insert(
          rows.map(([name, phone]) => ({ name: String(name), phone: String(phone) })),
        );
        if (error) throw error;
        return new Response(JSON.stringify({ imported: rows.length }), { headers: { "Content-Type": "application/json" } });
      } catch (dbError) {
        return new Response(
          JSON.stringify({ message: "Import failed", details: (dbError as Error).message, trace: (dbError as Error).stack }),
          { status: 500, headers: { "Content-Type": "application/json" } },
        );
      }
    } catch (_parseError) {
      console.error("import: body could not be read");
      return new Response("bad request", { status: 400 });
    }
  } catch (e) {
    return new Response(String(e?.message ?? e), { status: 500 });
  }
});
