import { drizzle } from "drizzle-orm/postgres-js";
import { eq, sql } from "drizzle-orm";
import postgres from "postgres";
import { createClient } from "@supabase/supabase-js";
import { products } from "./schema.ts";

function database() {
  const dsn = Deno.env.get("SUPABASE_DB_URL");
  if (!dsn) throw new Error("no SUPABASE_DB_URL");
  return drizzle(postgres(dsn, { prepare: false, max: 1 }));
}

let db: ReturnType<typeof database> | undefined;

async function authenticated(req: Request): Promise<boolean> {
  const sb = createClient(Deno.env.get("SUPABASE_URL")!, Deno.env.get("SUPABASE_ANON_KEY")!);
  const { data } = await sb.auth.getUser((req.headers.get("Authorization") ?? "").replace("Bearer ", ""));
  return data.user !== null;
}

Deno.serve(async (req) => {
  if (!(await authenticated(req))) return new Response("unauthorized", { status: 401 });

  const params = new URL(req.url).searchParams;
  const sort = params.get("sort") ?? "name";
  const direction = params.get("dir") ?? "asc";
  const limit = Number(params.get("limit") ?? 20);
  if (Number.isNaN(limit)) return Response.json({ error: "limit" }, { status: 400 });

  try {
    db ??= database();
    const rows = await db
      .select({ id: products.id, name: products.name, price: products.priceCents })
      .from(products)
      .where(eq(products.visible, true))
      .orderBy(sql.raw(`${sort} ${direction}`))
      .limit(limit);
    return Response.json({ products: rows });
  } catch (err) {
    console.error("catalog", err);
    return Response.json({ error: "internal error" }, { status: 500 });
  }
});
