import { assembleDown } from "../plan/assemble-down.ts";
import type { Catalog } from "../plan/catalog.ts";
import { diffCatalog, renderChange } from "../plan/diff-catalog.ts";
import { assembleRenames } from "../plan/down/assemble-renames.ts";
import { findRebuilt } from "../plan/down/scope.ts";
import type { MigrationFile } from "../plan/migration-file.ts";
import { assembleScript, renderStatements } from "../plan/sql-script.ts";
import { type Shadow, ShadowRefusal } from "../ports/shadow-database.ts";
import { applyOrRefuse, cannotWrite } from "./down-refusal.ts";

export interface DownStep {
  readonly file: MigrationFile;
  readonly assembled: boolean;
}

interface DownTask {
  readonly up: MigrationFile;
  /** The file beside the migration; null when there is none. */
  readonly down: MigrationFile | null;
  readonly now: Catalog;
  readonly wanted: Catalog;
}

/** What was put in the way of one another is sorted out by then; more would be going round in circles. */
const mostRounds = 3;

/** Takes one migration back on the shadow, by its file or by SQL assembled from what the catalog shows. */
export async function runDownStep(shadow: Shadow, task: DownTask): Promise<DownStep> {
  if (task.down != null) {
    await applyOrRefuse(shadow, task.down);
    return { file: task.down, assembled: false };
  }
  const statements: string[] = [];
  const script = (sql: readonly string[]): MigrationFile =>
    assembleScript(
      task.up.version,
      task.up.name,
      `(down of ${task.up.path}, written by bee)`,
      renderStatements(["set local check_function_bodies = off", ...sql]),
    );
  const run = async (sql: readonly string[]): Promise<void> => {
    if (sql.length === 0) return;
    await shadow.apply(script(sql)).catch((error: unknown) => {
      throw error instanceof ShadowRefusal ? cannotWrite(task.up, [error.message, ...error.lines]) : error;
    });
    statements.push(...sql);
  };
  const renames = assembleRenames(task.now, task.wanted);
  await run(renames);
  const start = renames.length > 0 ? await shadow.readCatalog() : task.now;
  const rebuilt = findRebuilt(start, task.wanted);
  for (let now = start, round = 1; diffCatalog(now, task.wanted).length > 0; round += 1) {
    const assembled = assembleDown(now, task.wanted);
    if (assembled.cannot.length > 0) throw cannotWrite(task.up, assembled.cannot);
    await run(assembled.statements).catch((error: unknown) => {
      if (round > 1 || rebuilt.length === 0) throw error;
      // Keeping what such a table holds has failed; what it is to be again can only be made anew.
      return run(assembleDown(now, task.wanted, true).statements);
    });
    now = await shadow.readCatalog();
    const left = diffCatalog(task.wanted, now);
    if (left.length > 0 && round === mostRounds) throw cannotWrite(task.up, left.map(renderChange));
  }
  return { file: script(statements), assembled: true };
}
