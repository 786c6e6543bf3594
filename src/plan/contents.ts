import type { Catalog } from "./catalog.ts";
import type { DeployedFunction } from "./deployed-function.ts";
import { diffCatalog, renderChange } from "./diff-catalog.ts";

/** All rows of a table, whatever their order. */
export interface TableSum {
  readonly rows: number;
  /** Sum of a 64-bit hash per row. */
  readonly sum: string;
}

/** What a target holds, to compare it with another. */
export interface Contents {
  readonly catalog: Catalog;
  /** By name in SQL spelling. */
  readonly tables: ReadonlyMap<string, TableSum>;
  readonly functions: readonly DeployedFunction[];
}

export interface Difference {
  readonly rule: "catalog-differs" | "rows-differ" | "functions-differ";
  readonly subject: string;
  readonly detail: string;
}

/** Tables whose rows are not the same in both, but for those in `moving`. */
export function diffTables(
  before: ReadonlyMap<string, TableSum>,
  after: ReadonlyMap<string, TableSum>,
  moving: ReadonlySet<string> = new Set(),
): readonly Difference[] {
  return [...new Set([...before.keys(), ...after.keys()])].sort().flatMap((table): readonly Difference[] => {
    const [was, is] = [before.get(table), after.get(table)];
    if (moving.has(table) || (was?.rows === is?.rows && was?.sum === is?.sum)) return [];
    return [{ rule: "rows-differ", subject: table, detail: describeRows(table, was, is) }];
  });
}

function describeRows(table: string, was: TableSum | undefined, is: TableSum | undefined): string {
  if (was == null) return `${table} is there besides, with ${is?.rows ?? 0} rows`;
  if (is == null) return `${table} is missing; it had ${was.rows} rows`;
  return was.rows === is.rows
    ? `${table} has as many rows, ${is.rows}, but not the same content`
    : `${table} has ${is.rows} rows instead of ${was.rows}`;
}

/** Objects that are not the same in both. */
export function diffObjects(before: Catalog, after: Catalog): readonly Difference[] {
  return diffCatalog(before, after).map((change) => ({
    rule: "catalog-differs",
    subject: change.key,
    detail: renderChange(change),
  }));
}

/** Functions that do not answer in `after` as in `before`: bytes by the platform's digest, status, token check. */
export function diffFunctions(
  before: readonly DeployedFunction[],
  after: readonly DeployedFunction[],
): readonly Difference[] {
  const slugs = [...new Set([...before, ...after].map(({ slug }) => slug))].sort();
  return slugs.flatMap((slug): readonly Difference[] => {
    const [was, is] = [before, after].map((list) => list.find((fn) => fn.slug === slug));
    const say = (detail: string): readonly Difference[] => [
      { rule: "functions-differ", subject: slug, detail: `${slug} ${detail}` },
    ];
    if (was == null) return say("is there besides");
    if (is == null) return say("is missing");
    if (was.hostSha256 !== is.hostSha256) return say("has other bytes");
    if (was.status !== is.status) return say(`is ${is.status} instead of ${was.status}`);
    return was.verifyJwt === is.verifyJwt ? [] : say(`has verify_jwt = ${is.verifyJwt}`);
  });
}

export function countRows(tables: ReadonlyMap<string, TableSum>): number {
  return [...tables.values()].reduce((sum, { rows }) => sum + rows, 0);
}
