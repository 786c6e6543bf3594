import postgres from "https://deno.land/x/postgresjs@v3.4.5/mod.js";
import { safeEqual } from "./safe.ts";

const TABLES = new Map([["contacts", "crm.contacts"], ["events", "crm.events"]]);

let pool: ReturnType<typeof postgres> | null = null;
function connect() {
  const dsn = Deno.env.get("SUPABASE_DB_URL");
  if (!dsn) throw new Error("SUPABASE_DB_URL missing");
  return (pool ??= postgres(dsn, { max: 2, idle_timeout: 20, prepare: false }));
}

Deno.serve(async (req: Request) => {
  const provided = req.headers.get("x-internal-key") || "";
  const expected = Deno.env.get("INTERNAL_API_KEY") || "";
  if (!safeEqual(provided, expected)) {
    return Response.json({ error: "unauthorized" }, { status: 401 });
  }

  const body = await req.json().catch(() => null);
  const table = TABLES.get(body?.table);
  if (!table || typeof body.where !== "string" || body.where.length > 500) {
    return Response.json({ error: "table and where are required" }, { status: 400 });
  }

  try {
    const sql = connect();
    const [row] = await sql.unsafe(`select count(*)::int as total from ${table} where ${body.where}`);
    return Response.json({ total: row.total });
  } catch (err) {
    console.error("segment-count", err);
    return Response.json({ error: "query failed" }, { status: 500 });
  }
});
