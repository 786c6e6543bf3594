import { readAccessFindings } from "../../src/gates/access-sound.ts";
import type { IsolationReport } from "../../src/plan/access/judge-isolation.ts";
import type { IsolationRequest } from "../../src/ports/isolation-prover.ts";
import { createIsolationProver, type ProverOptions } from "../../src/supabase/access/isolation-prover.ts";
import { openDatabase } from "./target.ts";

/** As `bee verify rls` does it, on a database of its own; with what the catalog shows when asked for. */
export async function proveIsolation(
  url: string,
  options: Partial<IsolationRequest> & ProverOptions & { readonly lints?: boolean } = {},
): Promise<IsolationReport> {
  const { seedAttempts, groupSize, lints = false, ...request } = options;
  const database = openDatabase(url);
  const schemas = request.schemas ?? ["public"];
  try {
    return await createIsolationProver(database, {
      ...(seedAttempts == null ? {} : { seedAttempts }),
      ...(groupSize == null ? {} : { groupSize }),
    }).prove({
      timeoutMs: 30_000,
      ...request,
      schemas,
      ...(lints
        ? {
            also: async (query) =>
              (await readAccessFindings(query, schemas, request.settings?.public ?? [])).findings,
          }
        : {}),
    });
  } finally {
    await database.close();
  }
}
