import pg from "pg";

export async function query(url: string, sql: string): Promise<readonly unknown[]> {
  const client = new pg.Client({ connectionString: url });
  // A server that stops tells it a query's error and the session's.
  client.on("error", () => {});
  await client.connect();
  try {
    return (await client.query(sql)).rows;
  } finally {
    await client.end();
  }
}

/**
 * A digest over every row of every table of an app, with the transaction that wrote it: equal digests, no row
 * inserted, updated (even to the same values) or deleted.
 */
export async function digestContent(url: string): Promise<string> {
  const [row] = await query(
    url,
    `select md5(string_agg(query_to_xml(format('select xmin, * from %I.%I order by ctid', n.nspname, c.relname), true, false, '')::text, '' order by n.nspname, c.relname)) as digest
     from pg_class c join pg_namespace n on n.oid = c.relnamespace
     where c.relkind = 'r' and n.nspname in ('public', 'private', 'bee', 'auth', 'supabase_migrations')
       and has_table_privilege(c.oid, 'select')`,
  );
  return (row as { digest: string }).digest;
}
