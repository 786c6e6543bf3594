import { join } from "node:path";
import type { Copy } from "../commands/copy.ts";
import type { Target } from "../commands/target.ts";
import type { Project } from "../config/find-project.ts";
import { readMigrations } from "../config/read-migrations.ts";
import { Secret } from "../core/secret.ts";
import { createJournalFile } from "../engine/journal-file.ts";
import { listTables, readUserTables, sumTables, type TableShape } from "../engine/sum-tables.ts";
import { type Contents, diffTables } from "../plan/contents.ts";
import type { MigrationFile } from "../plan/migration-file.ts";
import type { Emit } from "../plan/run-event.ts";
import { createBackupRestorer } from "../supabase/backup-restorer.ts";
import { createManagementApi } from "../supabase/management-api.ts";
import { assertCopyable } from "./assert-copyable.ts";
import { openTarget } from "./connect-target.ts";
import { copyByRows } from "./copy-by-rows.ts";
import type { Filled } from "./filled-copy.ts";
import type { HostedAddress } from "./hosted-address.ts";
import { restoreFunctions } from "./restore-functions.ts";

export interface OpenCopyInput {
  readonly project: Project;
  readonly source: Target;
  /** For a source that is not the local platform: its database as `postgres`. */
  readonly sourceUrl: Secret | null;
  readonly maxBytes?: number;
  readonly emit: Emit;
  readonly version: string;
  readonly actor: string;
  readonly signal: AbortSignal;
}

const defaultMaxBytes = 2 * 1024 ** 3;

/**
 * A copy of a target on a platform of its own below `.bee/copies`. The source is only read. Throws BEE-E850 when it is
 * too large, BEE-E851 when the project's files are not what made it, BEE-E852 while somebody deploys to it.
 */
export async function openCopy(input: OpenCopyInput): Promise<Copy> {
  const { project, source, emit, signal } = input;
  const { files } = await readMigrations(project.root);
  const bytes = await assertCopyable(source, files, input.maxBytes ?? defaultMaxBytes);
  const note = (text: string): void => emit({ type: "note", text });
  const before = input.sourceUrl == null ? await readFilled(source) : null;
  const { openLocalCopy } = await import("../local/copy.ts");
  const opened = await openLocalCopy({
    parent: join(project.root, ".bee/copies"),
    projectRef: source.ref,
    from: before == null ? null : await findDatabase(project.root),
    onProgress: note,
  });
  const { state } = opened;
  const address: HostedAddress = {
    ref: state.projectRef,
    url: state.url,
    apiUrl: state.managementUrl,
    accessToken: new Secret(state.accessToken),
    databaseUrl: new Secret(state.dbUrl),
  };
  const target = openTarget({
    name: "local",
    guarded: false,
    address,
    version: input.version,
    root: project.root,
    facts: [],
  });
  const api = createManagementApi({
    baseUrl: address.apiUrl,
    accessToken: address.accessToken,
    userAgent: `bee/${input.version}`,
  });
  const close = async (): Promise<void> => {
    api.close();
    await target.close().finally(opened.stop);
  };
  try {
    signal.throwIfAborted();
    const filled =
      before == null
        ? await fillByRows(input, files, target, address.databaseUrl, new Secret(opened.adminUrl))
        : await compareFilled(before, source);
    signal.throwIfAborted();
    if ((await target.lock.read()) != null) await target.lock.breakLock(input.actor, "nobody holds a copy");
    const secrets = await listSecrets(source, target);
    const copied = await restoreFunctions({ copy: target, databaseUrl: address.databaseUrl, secrets });
    return {
      target,
      restorer: createBackupRestorer(api, address.ref, { pollMs: 200 }),
      journal: createJournalFile(join(opened.dir, "journal.jsonl")),
      source: {
        catalog: filled.catalog,
        tables: filled.tables,
        functions: (await source.ports.functions.list()).map((fn) => ({
          ...fn,
          hostSha256: copied.get(fn.hostSha256 ?? "") ?? fn.hostSha256,
        })),
      },
      moving: filled.moving,
      method: before == null ? "rows" : "files",
      bytes,
      notes: describeLacks(secrets, filled.moving),
      readContents: () => readContents(target, filled.userTables),
      close,
    };
  } catch (error) {
    await close();
    throw error;
  }
}

async function findDatabase(projectDir: string): Promise<{ projectDir: string; port: number }> {
  const { ensureLocalPlatform } = await import("../local/control.ts");
  const { state } = await ensureLocalPlatform(projectDir);
  return { projectDir, port: Number(new URL(state.dbUrl).port) };
}

async function readFilled({ reverter, ports }: Target): Promise<Filled> {
  const catalog = await reverter.readCatalog();
  return ports.database.rehearse(async ({ query }) => {
    const userTables = await readUserTables(query);
    const tables = await sumTables(query, [...listTables(catalog), ...userTables]);
    return { catalog, tables, userTables, moving: new Set() };
  });
}

/** Copying files takes a moment that no transaction sees: what is the same before and after it must be in the copy. */
async function compareFilled(before: Filled, source: Target): Promise<Filled> {
  const after = await readFilled(source);
  const moving = diffTables(before.tables, after.tables).map(({ subject }) => subject);
  return { ...after, moving: new Set(moving) };
}

async function fillByRows(
  input: OpenCopyInput,
  files: readonly MigrationFile[],
  copy: Target,
  copyUrl: Secret,
  adminUrl: Secret,
): Promise<Filled> {
  const { source, sourceUrl, actor, signal, emit } = input;
  if (sourceUrl == null) throw new Error("the database of the source is not known");
  const note = (text: string): void => emit({ type: "note", text });
  return copyByRows({ source, sourceUrl, copy, copyUrl, adminUrl, files, actor, signal, note });
}

async function readContents(
  { reverter, ports }: Target,
  userTables: readonly TableShape[],
): Promise<Contents> {
  const catalog = await reverter.readCatalog();
  const tables = await ports.database.rehearse(({ query }) =>
    sumTables(query, [...listTables(catalog), ...userTables]),
  );
  return { catalog, tables, functions: await ports.functions.list() };
}

/** Names of what the app brought: a fresh platform has its own already. */
async function listSecrets(source: Target, copy: Target): Promise<readonly string[]> {
  const [theirs, own] = await Promise.all([source, copy].map(({ ports }) => ports.secrets.readDigests()));
  return [...(theirs?.keys() ?? [])]
    .filter((name) => !name.startsWith("SUPABASE_") && own?.has(name) !== true)
    .sort();
}

function describeLacks(secrets: readonly string[], moving: ReadonlySet<string>): readonly string[] {
  return [
    ...(secrets.length === 0 ? [] : [`secrets were not copied, only their names: ${secrets.join(", ")}`]),
    ...(moving.size === 0
      ? []
      : [`written to while it was copied, so not compared: ${[...moving].sort().join(", ")}`]),
  ];
}
