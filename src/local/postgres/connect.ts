import pg from "pg";
import type { LoginRole } from "./bootstrap.ts";

interface PostgresAddress {
  readonly port: number;
  readonly password: string;
}

/** A connection URL on loopback. The password is URL-safe by the way it is made. */
export function postgresUrl(address: PostgresAddress, role: LoginRole, database = "postgres"): string {
  return `postgresql://${role}:${encodeURIComponent(address.password)}@127.0.0.1:${address.port}/${database}`;
}

/** One connection as `role` for the length of `use`. */
export async function withClient<T>(url: string, use: (client: pg.Client) => Promise<T>): Promise<T> {
  const client = new pg.Client({ connectionString: url, application_name: "bee-local" });
  // A connection the server ends is reported by the query on it.
  client.on("error", () => {});
  await client.connect();
  try {
    return await use(client);
  } finally {
    await client.end();
  }
}
