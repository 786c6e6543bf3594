import { createHash } from "node:crypto";
import type { ClientBase } from "pg";
import { authSchemaSql } from "../auth/schema.ts";
import { realtimeSql } from "./realtime-sql.ts";
import { rolesSql } from "./roles-sql.ts";
import { schemasSql } from "./schemas-sql.ts";
import { storageSql } from "./storage-sql.ts";
import { vaultSql } from "./vault-sql.ts";

const parts: readonly string[] = [rolesSql, schemasSql, authSchemaSql, storageSql, realtimeSql, vaultSql];

/** Names this bootstrap; a template made by another one is not used. */
export const bootstrapKey = createHash("sha256").update(parts.join("\n")).digest("hex").slice(0, 12);

/** Turns a fresh cluster into the database of a new project. Connected as supabase_admin to `postgres`. */
export async function applyBootstrap(client: ClientBase): Promise<void> {
  await client.query(["begin", ...parts, "commit"].join(";\n"));
}

/** The roles that log in; all with the checkout's one password. */
export const loginRoles = [
  "supabase_admin",
  "postgres",
  "authenticator",
  "supabase_auth_admin",
  "supabase_storage_admin",
] as const;

export type LoginRole = (typeof loginRoles)[number];
