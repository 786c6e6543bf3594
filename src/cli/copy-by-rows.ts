import type { Target } from "../commands/target.ts";
import type { Secret } from "../core/secret.ts";
import { fixSettings, listTables, readUserTables, sumTables, type TableShape } from "../engine/sum-tables.ts";
import { lockTtlMs, withLock } from "../engine/with-lock.ts";
import { assembleBaseline } from "../plan/assemble-baseline.ts";
import type { Catalog } from "../plan/catalog.ts";
import type { MigrationFile } from "../plan/migration-file.ts";
import { readCatalogWithin } from "../supabase/catalog-reader.ts";
import { asQuery, copyRows, withSnapshot } from "../supabase/copy-rows.ts";
import { connectDatabase, type Session } from "../supabase/database.ts";
import type { Filled } from "./filled-copy.ts";

interface CopyByRowsInput {
  readonly source: Target;
  /** As `postgres`. */
  readonly sourceUrl: Secret;
  readonly copy: Target;
  /** As `postgres`. */
  readonly copyUrl: Secret;
  /** As a superuser. */
  readonly adminUrl: Secret;
  readonly files: readonly MigrationFile[];
  readonly actor: string;
  readonly signal: AbortSignal;
  readonly note: (text: string) => void;
}

/** Applies the source's migrations to the copy, then takes every row over: all as of one moment of the source. */
export async function copyByRows(input: CopyByRowsInput): Promise<Filled> {
  const source = connectDatabase({ url: input.sourceUrl, applicationName: "bee-copy" });
  const copy = connectDatabase({ url: input.adminUrl, applicationName: "bee-copy" });
  try {
    return await withSnapshot(source, async (theirs) => {
      const catalog = await readCatalogWithin(theirs);
      await applyMigrations(input, catalog);
      return copy.withSession(async (ours) => {
        try {
          await ours.query("begin");
          const filled = await fill(theirs, ours, catalog, input.signal);
          await ours.query("commit");
          return filled;
        } catch (error) {
          await ours.query("rollback").catch(() => {});
          throw error;
        }
      });
    });
  } finally {
    await Promise.all([source.close(), copy.close()]);
  }
}

async function applyMigrations(input: CopyByRowsInput, catalog: Catalog): Promise<void> {
  const { source, copy, files, actor, signal, note } = input;
  const versions = new Set((await source.ports.migrations.readHistory()).map(({ version }) => version));
  const applied = files.filter(({ version }) => versions.has(version));
  const owner = connectDatabase({ url: input.copyUrl });
  try {
    for (const { sql } of assembleBaseline(catalog, applied)) {
      await owner.withSession((session) => session.query(sql));
    }
  } finally {
    await owner.close();
  }
  const request = { holder: actor, message: "filling a copy", ttlMs: lockTtlMs };
  await withLock(copy.lock, request, signal, async (fence, held) => {
    for (const file of applied) {
      held.throwIfAborted();
      await copy.ports.migrations.apply(file, fence);
    }
  });
  note(`${applied.length} migrations applied to the copy`);
}

async function fill(theirs: Session, ours: Session, catalog: Catalog, signal: AbortSignal): Promise<Filled> {
  const [source, copy] = [asQuery(theirs), asQuery(ours)];
  await fixSettings(source);
  await fixSettings(copy);
  const userTables = shareColumns(await readUserTables(source), await readUserTables(copy));
  const tables = [...listTables(catalog), ...userTables];
  // What somebody made by hand the migrations do not make: it stays a difference, to be told.
  const made = [...listTables(await readCatalogWithin(ours)), ...userTables];
  await copyRows(theirs, ours, shareColumns(tables, made), () => signal.throwIfAborted());
  return { catalog, tables: await sumTables(source, tables), userTables, moving: new Set() };
}

/** Platforms of different age have other columns in their own tables. */
function shareColumns(theirs: readonly TableShape[], ours: readonly TableShape[]): readonly TableShape[] {
  return theirs.flatMap(({ name, columns }) => {
    const own = ours.find((table) => table.name === name);
    return own == null ? [] : [{ name, columns: columns.filter((column) => own.columns.includes(column)) }];
  });
}
