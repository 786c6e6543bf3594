import type { Catalog } from "../plan/catalog.ts";
import { diffCatalog, findReordered, renderChange, subjectOf } from "../plan/diff-catalog.ts";
import { assembleLosses, type Loss } from "../plan/down/losses.ts";
import type { Contract, DownProof } from "../plan/down-proof.ts";
import { findContracts } from "../plan/find-contracts.ts";
import { judgeDownStatements } from "../plan/judge-down.ts";
import type { MigrationFile } from "../plan/migration-file.ts";
import type { ProbeRow } from "../ports/gate.ts";
import { type Shadow, type ShadowDatabase, ShadowRefusal } from "../ports/shadow-database.ts";
import { notRestored, notUpAgain, shadowDiffers, upFails } from "./down-refusal.ts";
import { fillShadow } from "./fill-shadow.ts";
import { digestTables, findDestroyed, withoutRows } from "./shadow-rows.ts";
import { type DownStep, runDownStep } from "./write-down.ts";

export interface ProveDownInput {
  readonly shadow: ShadowDatabase;
  /** Migrations that stay, oldest first. */
  readonly kept: readonly MigrationFile[];
  /** Migrations that go, oldest first. */
  readonly undone: readonly MigrationFile[];
  /** Down files by version; the others are assembled. */
  readonly downs: ReadonlyMap<string, MigrationFile>;
  /** SQL that makes the shadow like the target before any migration, such as its default privileges. */
  readonly baseline: readonly MigrationFile[];
  /** Rows that fit the project's tables; the others are invented. */
  readonly sampleRows: readonly ProbeRow[];
  readonly note: (text: string) => void;
}

/**
 * Up, down, up on an empty database, then down and up over sample rows. The target is not touched.
 * Throws BEE-E342 … E345 when a down fails, restores something else, or cannot be written.
 */
export async function proveDown(input: ProveDownInput): Promise<DownProof> {
  const shadow = await input.shadow.open();
  try {
    return await prove(shadow, input);
  } finally {
    await shadow.close();
  }
}

async function prove(shadow: Shadow, input: ProveDownInput): Promise<DownProof> {
  for (const file of [...input.baseline, ...input.kept]) await applyUp(shadow, file);
  const release = await shadow.readCatalog();
  const { catalogs, contracts } = await applyUndone(shadow, input.undone, release);
  const latest = catalogs.at(-1) ?? release;
  input.note(`${input.undone.length} migrations applied to a shadow database`);

  const steps = await runDowns(shadow, input, catalogs, release);
  const restored = await shadow.readCatalog();
  const differences = diffCatalog(release, restored);
  const downs = steps.map(({ file }) => file);
  if (differences.length > 0) throw notRestored(downs, differences.map(renderChange));
  input.note("the downs restore the catalog");

  await applyAgain(shadow, input.undone, latest);
  const overRows = await proveOverRows(shadow, input, downs, { latest, restored });
  input.note("up again gives the same catalog");
  return {
    release,
    latest,
    downs,
    assembled: steps.filter(({ assembled }) => assembled).map(({ file }) => file.version),
    losses: mergeLosses([
      ...assembleLosses(latest, release),
      ...overRows.losses,
      ...downs.flatMap(judgeDownStatements),
    ]),
    contracts,
    touched: findTouched(release, latest),
    notes: [
      ...findReordered(release, restored).map(
        (table) => `the columns of ${table} stand in another order than before; only \`select *\` can tell`,
      ),
      ...overRows.notes,
    ],
  };
}

async function applyUp(shadow: Shadow, file: MigrationFile): Promise<void> {
  await shadow.apply(file).catch((error: unknown) => {
    throw error instanceof ShadowRefusal ? upFails(error) : error;
  });
}

async function applyUndone(shadow: Shadow, undone: readonly MigrationFile[], release: Catalog) {
  const catalogs: Catalog[] = [];
  const contracts: Contract[] = [];
  let before = release;
  for (const file of undone) {
    await applyUp(shadow, file);
    const after = await shadow.readCatalog();
    const changes = findContracts(before, after);
    if (changes.length > 0) contracts.push({ version: file.version, path: file.path, changes });
    catalogs.push(after);
    before = after;
  }
  return { catalogs, contracts };
}

async function runDowns(
  shadow: Shadow,
  input: ProveDownInput,
  catalogs: readonly Catalog[],
  release: Catalog,
): Promise<readonly DownStep[]> {
  const steps: DownStep[] = [];
  for (const [index, up] of [...input.undone.entries()].reverse()) {
    const wanted = catalogs[index - 1] ?? release;
    const down = input.downs.get(up.version) ?? null;
    steps.push(await runDownStep(shadow, { up, down, now: catalogs[index] ?? release, wanted }));
  }
  return steps;
}

async function applyAgain(shadow: Shadow, undone: readonly MigrationFile[], latest: Catalog): Promise<void> {
  for (const file of undone) await applyUp(shadow, file);
  const differences = diffCatalog(latest, await shadow.readCatalog());
  if (differences.length > 0) throw notUpAgain(differences.map(renderChange));
}

/** The same once more with rows: shows downs that fail over data or destroy rows of tables that stay. */
async function proveOverRows(
  shadow: Shadow,
  input: ProveDownInput,
  downs: readonly MigrationFile[],
  { latest, restored }: { readonly latest: Catalog; readonly restored: Catalog },
): Promise<{ readonly losses: readonly Loss[]; readonly notes: readonly string[] }> {
  const samples = await fillShadow(shadow, latest, input.sampleRows);
  const before = await digestTables(shadow, latest, latest);
  const beforeCatalog = await shadow.readCatalog();
  const notes =
    samples.empty.length === 0
      ? []
      : [`no sample row fits ${samples.empty.join(", ")}: proven there without rows`];
  try {
    for (const down of downs) await shadow.apply(down);
  } catch (error) {
    if (!(error instanceof ShadowRefusal)) throw error;
    // The target's rows decide: there the downs run in one transaction, which leaves nothing when it fails.
    const losses = findDestroyed({
      before: withoutRows(before),
      after: withoutRows(before),
      beforeCatalog: latest,
      afterCatalog: restored,
    });
    return {
      losses,
      notes: [...notes, `the down may fail over rows that only the new state allows: ${error.message}`],
    };
  }
  const afterCatalog = await shadow.readCatalog();
  const expected = await digestTables(shadow, afterCatalog, latest);
  const losses = findDestroyed({ before, after: expected, beforeCatalog, afterCatalog });
  try {
    for (const file of input.undone) await shadow.apply(file);
  } catch (error) {
    if (!(error instanceof ShadowRefusal)) throw error;
    return { losses, notes: [...notes, `after this, deploying again may fail over rows: ${error.message}`] };
  }
  const differences = diffCatalog(latest, await shadow.readCatalog());
  if (differences.length > 0) throw shadowDiffers(differences.map(renderChange));
  return { losses, notes };
}

/** One per object: the gravest word is the first. */
function mergeLosses(losses: readonly Loss[]): readonly Loss[] {
  const kept = new Map<string, Loss>();
  for (const loss of losses) if (!kept.has(loss.object)) kept.set(loss.object, loss);
  const tables = new Set(
    [...kept.values()].filter(({ kind }) => kind === "table").map(({ object }) => object),
  );
  return [...kept.values()].filter((loss) => loss.kind === "table" || !tables.has(loss.table ?? ""));
}

/** Tables there before and after whose definition or parts change. */
function findTouched(release: Catalog, latest: Catalog): readonly string[] {
  const names = ({ objects }: Catalog): ReadonlySet<string> =>
    new Set(objects.filter(({ kind }) => kind === "table").map(({ name }) => name));
  const [before, after] = [names(release), names(latest)];
  const touched = diffCatalog(latest, release).map((change) => {
    const subject = subjectOf(change);
    return subject.kind === "table"
      ? subject.name
      : subject.kind === "publication table"
        ? subject.name
        : subject.on;
  });
  return [...new Set(touched)]
    .filter((name): name is string => name != null && (before.has(name) || after.has(name)))
    .sort();
}
