import { randomBytes } from "node:crypto";
import { type IsolationInput, verifyIsolation } from "../../src/engine/verify-isolation.ts";
import type { IsolationReport } from "../../src/plan/access/judge-isolation.ts";
import { createAccessProber } from "../../src/supabase/access/access-prober.ts";
import { openDatabase } from "./target.ts";

/** As `bee verify rls` does it, on a database of its own. */
export async function proveIsolation(
  url: string,
  options: Partial<Omit<IsolationInput, "prober">> & { readonly statementTimeoutMs?: number } = {},
): Promise<IsolationReport> {
  const { statementTimeoutMs = 30_000, ...input } = options;
  const database = openDatabase(url);
  try {
    return await verifyIsolation({
      prober: createAccessProber(database, { statementTimeoutMs }),
      schemas: ["public"],
      tags: randomTags(),
      ...input,
    });
  } finally {
    await database.close();
  }
}

function randomTags(): IsolationInput["tags"] {
  const tag = (): string => randomBytes(4).toString("hex");
  return { a: tag(), b: tag(), none: tag() };
}
