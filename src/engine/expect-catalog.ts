import { assembleBaseline } from "../plan/assemble-baseline.ts";
import type { Catalog } from "../plan/catalog.ts";
import { diffCatalog } from "../plan/diff-catalog.ts";
import type { MigrationFile } from "../plan/migration-file.ts";
import type { ShadowDatabase } from "../ports/shadow-database.ts";

export interface ExpectCatalogInput {
  readonly shadow: ShadowDatabase;
  /** Of the target before it went back. */
  readonly present: Catalog;
  /** Applied to the target, oldest first. */
  readonly applied: readonly MigrationFile[];
  /** Versions that the release has. */
  readonly release: readonly string[];
}

export interface ExpectedCatalog {
  readonly catalog: Catalog;
  /** Keys of objects that somebody made or changed by hand: no release tells what they should be. */
  readonly drifted: ReadonlySet<string>;
}

/** What a release's migrations make of an empty database, and where the target was not what its own migrations make. */
export async function expectCatalog(input: ExpectCatalogInput): Promise<ExpectedCatalog> {
  const { applied, present } = input;
  const kept = applied.filter(({ version }) => input.release.includes(version));
  const undone = applied.filter(({ version }) => !input.release.includes(version));
  const shadow = await input.shadow.open();
  try {
    for (const file of [...assembleBaseline(present, applied), ...kept]) await shadow.apply(file);
    const catalog = await shadow.readCatalog();
    for (const file of undone) await shadow.apply(file);
    const latest = undone.length === 0 ? catalog : await shadow.readCatalog();
    return { catalog, drifted: new Set(diffCatalog(latest, present).map(({ key }) => key)) };
  } finally {
    await shadow.close();
  }
}
