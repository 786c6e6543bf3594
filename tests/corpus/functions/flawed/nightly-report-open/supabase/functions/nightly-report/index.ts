import { createClient } from "npm:@supabase/supabase-js@2.47.10";

type Row = { berth: string; arrivals: number };

const admin = () =>
  createClient(Deno.env.get("SUPABASE_URL")!, Deno.env.get("SUPABASE_SERVICE_ROLE_KEY")!, {
    auth: { persistSession: false },
  });

async function collect(day: string): Promise<Row[]> {
  const { data, error } = await admin()
    .from("arrivals_by_berth")
    .select("berth, arrivals")
    .eq("day", day)
    .limit(500);
  if (error) throw new Error(`arrivals_by_berth: ${error.code}`);
  return data;
}

async function store(day: string, rows: Row[]): Promise<void> {
  const csv = ["berth,arrivals", ...rows.map((r) => `${r.berth},${r.arrivals}`)].join("\n");
  const { error } = await admin()
    .storage.from("reports")
    .upload(`daily/${day}.csv`, csv, { contentType: "text/csv", upsert: true });
  if (error) throw new Error(`upload: ${error.name}`);
}

Deno.serve(async () => {
  const day = new Date(Date.now() - 86_400_000).toISOString().slice(0, 10);
  try {
    const rows = await collect(day);
    await store(day, rows);
    return Response.json({ day, rows: rows.length });
  } catch (err) {
    console.error("nightly-report", err);
    return Response.json({ error: "report failed" }, { status: 500 });
  }
});
