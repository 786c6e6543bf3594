import postgres from "npm:postgres@3.4.4";

const sql = postgres(Deno.env.get("SUPABASE_DB_URL")!, { max: 1 });

Deno.serve(async () => {
  const rows = await sql`select date_trunc('day', created_at) as day, count(*) from orders group by 1 order by 1 desc limit 30`;
  return Response.json(rows);
});
