import type { Pool, PoolClient } from "pg";

/**
 * Runs `work` in one transaction as supabase_auth_admin with search_path auth, as hosted does: an app's trigger on
 * auth.users that lacks `security definer` or a schema name fails here too.
 */
export async function withAuthTransaction<T>(
  pool: Pool,
  work: (client: PoolClient) => Promise<T>,
): Promise<T> {
  const client = await pool.connect();
  let broken: Error | undefined;
  // Without a listener a connection that the server ends would end this process.
  const onError = (error: Error) => {
    broken = error;
  };
  client.on("error", onError);
  try {
    await client.query("begin; set local role supabase_auth_admin; set local search_path = auth");
    const result = await work(client);
    await client.query("commit");
    return result;
  } catch (error) {
    await client.query("rollback").catch(onError);
    throw error;
  } finally {
    client.off("error", onError);
    client.release(broken);
  }
}

/** SQLSTATE and constraint of a Postgres error; null for anything else. */
export function readSqlError(
  error: unknown,
): { readonly code: string; readonly constraint: string | undefined } | null {
  if (!(error instanceof Error) || !("code" in error) || typeof error.code !== "string") return null;
  if (!/^[0-9A-Z]{5}$/.test(error.code)) return null;
  const constraint =
    "constraint" in error && typeof error.constraint === "string" ? error.constraint : undefined;
  return { code: error.code, constraint };
}
