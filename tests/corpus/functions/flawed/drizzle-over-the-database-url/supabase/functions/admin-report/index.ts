import { drizzle } from "npm:drizzle-orm@0.34.1/postgres-js";
import postgres from "npm:postgres@3.4.4";
import { users } from "./schema.ts";

const db = drizzle(postgres(Deno.env.get("SUPABASE_DB_URL")!, { prepare: false }));

Deno.serve(async (req) => {
  if (req.method !== "GET") return new Response(null, { status: 405 });
  const rows = await db.select({ id: users.id, plan: users.plan }).from(users).limit(100);
  return Response.json(rows);
});
