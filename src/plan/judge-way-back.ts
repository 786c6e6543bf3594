import { type Catalog, indexCatalog } from "./catalog.ts";
import { type Contents, type Difference, diffObjects } from "./contents.ts";
import { diffCatalog, subjectOf } from "./diff-catalog.ts";

export interface WayBackInput {
  readonly before: Pick<Contents, "catalog" | "tables">;
  readonly after: Pick<Contents, "catalog" | "tables">;
  /** What the release's migrations make. */
  readonly expected: Catalog;
  /** Keys of objects made by hand, which no release tells about. */
  readonly drifted: ReadonlySet<string>;
  /** Rows the rollback itself says it lost, by table. */
  readonly lost: ReadonlyMap<string, number>;
}

/**
 * What is wrong after going back: an object that is not the release's, a row that nobody accounted for. Tables that the
 * way back left alone hold what they held.
 */
export function judgeWayBack({
  before,
  after,
  expected,
  drifted,
  lost,
}: WayBackInput): readonly Difference[] {
  const objects = diffObjects(expected, after.catalog).filter(({ subject }) => !drifted.has(subject));
  const changed = changedTables(before.catalog, after.catalog);
  const rows = [...before.tables].flatMap(([table, was]): readonly Difference[] => {
    const is = after.tables.get(table);
    const given = lost.get(table) ?? 0;
    const gone = was.rows - (is?.rows ?? 0);
    if (gone > given) {
      const what = is == null ? `${table} is gone with ${was.rows} rows` : `${table} has ${gone} rows less`;
      return [{ rule: "rows-differ", subject: table, detail: `${what}; ${given} were accounted for` }];
    }
    if (is == null || changed.has(table) || given > 0 || (is.rows === was.rows && is.sum === was.sum))
      return [];
    const detail = `${table} has other content, and going back had no business with it`;
    return [{ rule: "rows-differ", subject: table, detail }];
  });
  return [...objects, ...rows];
}

/** Tables whose columns are not what they were: their rows print otherwise. */
function changedTables(before: Catalog, after: Catalog): ReadonlySet<string> {
  const known = indexCatalog(before);
  return new Set(
    diffCatalog(before, after).flatMap((change) => {
      const { kind, on } = known.get(change.key) ?? subjectOf(change);
      return kind === "column" && on != null ? [on] : [];
    }),
  );
}
