import { randomUUID } from "node:crypto";
import * as z from "zod";
import { BundleError, type FunctionRecord, type FunctionUpload, VersionConflict } from "./function-record.ts";

/** A version with where its source files lie: blobs by sha256. */
export interface StoredVersion extends FunctionRecord {
  readonly sources: readonly { readonly path: string; readonly sha256: string }[];
}

/** All that is known of functions; one JSON file. */
export interface FunctionTable {
  readonly schema: 1;
  readonly live: Readonly<Record<string, StoredVersion>>;
  /** Bundled, not live: what an activation may name. Newest first. */
  readonly staged: readonly StoredVersion[];
  /** Versions that were live, newest first. */
  readonly past: readonly StoredVersion[];
}

/** Names a staged version; without a version number the next one is given. */
export interface Activation {
  readonly slug: string;
  readonly sha256?: string;
  readonly version?: number;
  readonly name?: string;
  readonly verifyJwt?: boolean;
}

const keptPast = 5;
const keptStaged = 50;

const storedVersion = z.strictObject({
  id: z.string(),
  slug: z.string(),
  name: z.string(),
  version: z.int(),
  createdAt: z.number(),
  updatedAt: z.number(),
  verifyJwt: z.boolean(),
  importMap: z.boolean(),
  entrypointPath: z.string(),
  importMapPath: z.string(),
  sha256: z.string(),
  sources: z.array(z.strictObject({ path: z.string(), sha256: z.string() })),
});

const storedTable = z.strictObject({
  schema: z.literal(1),
  live: z.record(z.string(), storedVersion),
  staged: z.array(storedVersion),
  past: z.array(storedVersion),
});

/** The table as it was written. Throws when it is damaged. */
export function parseTable(text: string): FunctionTable {
  return storedTable.parse(JSON.parse(text));
}

export const emptyTable: FunctionTable = { schema: 1, live: {}, staged: [], past: [] };

/** The version an upload becomes: one above the live one, with its settings where the upload names none. */
export function assembleVersion(
  table: FunctionTable,
  upload: FunctionUpload,
  blobs: { readonly sha256: string; readonly sources: StoredVersion["sources"] },
  now: number,
): StoredVersion {
  const live = table.live[upload.slug];
  const known = live ?? table.staged.find((staged) => staged.slug === upload.slug);
  return {
    id: known?.id ?? randomUUID(),
    slug: upload.slug,
    name: upload.name ?? live?.name ?? upload.slug,
    version: (live?.version ?? 0) + 1,
    createdAt: live?.createdAt ?? now,
    updatedAt: now,
    verifyJwt: upload.verifyJwt ?? live?.verifyJwt ?? true,
    importMap: Boolean(upload.importMapPath),
    entrypointPath: upload.entrypointPath,
    importMapPath: upload.importMapPath ?? "",
    ...blobs,
  };
}

export function withStaged(table: FunctionTable, version: StoredVersion): FunctionTable {
  return { ...table, staged: [version, ...table.staged].slice(0, keptStaged) };
}

/** The version an activation means. Throws BundleError when it was never uploaded, VersionConflict when it is too old. */
export function chooseVersion(table: FunctionTable, activation: Activation, now: number): StoredVersion {
  const live = table.live[activation.slug];
  const same = (version: StoredVersion) =>
    version.slug === activation.slug && (activation.sha256 == null || version.sha256 === activation.sha256);
  const unchanged = live != null && same(live) && activation.version === live.version;
  const candidate = unchanged
    ? live
    : (table.staged.find(same) ?? table.past.find(same) ?? (live && same(live) ? live : null));
  if (candidate == null) {
    throw new BundleError(`${activation.slug}: no bundle with ezbr_sha256 ${activation.sha256} was uploaded`);
  }
  const version = activation.version ?? (live?.version ?? 0) + 1;
  if (live != null && !unchanged && version <= live.version) {
    throw new VersionConflict(activation.slug, version, live.version);
  }
  return {
    ...candidate,
    id: live?.id ?? candidate.id,
    createdAt: live?.createdAt ?? candidate.createdAt,
    updatedAt: unchanged ? live.updatedAt : now,
    version,
    name: activation.name ?? candidate.name,
    verifyJwt: activation.verifyJwt ?? candidate.verifyJwt,
  };
}

function withPast(table: FunctionTable, versions: readonly StoredVersion[]): readonly StoredVersion[] {
  const past = [...versions, ...table.past];
  return past.filter(
    (version, i) => past.slice(0, i).filter(({ slug }) => slug === version.slug).length < keptPast,
  );
}

/** Makes all of `versions` live at once; what they replace is kept. */
export function withLive(table: FunctionTable, versions: readonly StoredVersion[]): FunctionTable {
  const replaced = versions.flatMap((version) => {
    const live = table.live[version.slug];
    return live == null || live.version === version.version ? [] : [live];
  });
  const taken = new Set(versions.map((version) => `${version.slug} ${version.sha256}`));
  return {
    schema: 1,
    live: { ...table.live, ...Object.fromEntries(versions.map((version) => [version.slug, version])) },
    staged: table.staged.filter((staged) => !taken.has(`${staged.slug} ${staged.sha256}`)),
    past: withPast(table, replaced),
  };
}

export function withoutLive(table: FunctionTable, slug: string): FunctionTable {
  const { [slug]: live, ...rest } = table.live;
  return { ...table, live: rest, past: live == null ? table.past : withPast(table, [live]) };
}

export function recordOf({ sources: _, ...record }: StoredVersion): FunctionRecord {
  return record;
}
