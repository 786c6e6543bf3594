import type { Catalog } from "../plan/catalog.ts";
import { indexCatalog } from "../plan/catalog.ts";
import type { Loss } from "../plan/down/losses.ts";
import type { Shadow } from "../ports/shadow-database.ts";

export interface TableDigest {
  readonly rows: number;
  /** column → digest of its values over all rows, in the order of the values. */
  readonly columns: ReadonlyMap<string, string>;
}

/** Rows and values of the tables both catalogs have, columns of both. */
export async function digestTables(
  shadow: Shadow,
  present: Catalog,
  also: Catalog,
): Promise<ReadonlyMap<string, TableDigest>> {
  const other = indexCatalog(also);
  const digests = new Map<string, TableDigest>();
  const tables = present.objects.filter(
    ({ kind, facets }) => kind === "table" && facets["form"] !== "foreign",
  );
  for (const { name } of tables) {
    if (!other.has(`table ${name}`)) continue;
    const columns = present.objects.filter(
      ({ kind, on, name: column, facets }) =>
        kind === "column" &&
        on === name &&
        facets["generated"] == null &&
        other.has(`column ${name}: ${column}`),
    );
    const sums = columns.map(
      ({ name: column }, index) =>
        `md5(coalesce(string_agg(${column}::text, ',' order by ${column}::text), '')) as c${index}`,
    );
    const [row] = await shadow.query<Record<string, string | number>>(
      `select ${["count(*)::int as rows", ...sums].join(", ")} from only ${name}`,
    );
    digests.set(name, {
      rows: Number(row?.["rows"] ?? 0),
      columns: new Map(columns.map(({ name: column }, index) => [column, String(row?.[`c${index}`])])),
    });
  }
  return digests;
}

/** For judging by addresses alone. */
export function withoutRows(digests: ReadonlyMap<string, TableDigest>): ReadonlyMap<string, TableDigest> {
  return new Map([...digests].map(([table, digest]) => [table, { ...digest, rows: 0 }]));
}

interface DestroyedInput {
  readonly before: ReadonlyMap<string, TableDigest>;
  readonly after: ReadonlyMap<string, TableDigest>;
  readonly beforeCatalog: Catalog;
  readonly afterCatalog: Catalog;
}

/** Rows and values that did not survive in tables that did: catalogs are equal though the data is gone. */
export function findDestroyed(input: DestroyedInput): readonly Loss[] {
  const [present, later] = [indexCatalog(input.beforeCatalog), indexCatalog(input.afterCatalog)];
  const isAnew = (key: string): boolean => {
    const [was, is] = [present.get(key), later.get(key)];
    return was != null && is != null && was.origin.address !== is.origin.address;
  };
  return [...input.before].flatMap(([table, was]): readonly Loss[] => {
    const is = input.after.get(table);
    if (is == null) return [];
    const anewHere = isAnew(`table ${table}`);
    const whole = { object: table, table, column: null };
    if (anewHere && (is.rows < was.rows || was.rows === 0)) {
      return [{ ...whole, kind: "table", why: `table ${table} is dropped and made anew` }];
    }
    if (is.rows < was.rows) {
      return [{ ...whole, kind: "rows", why: `table ${table} keeps ${is.rows} of ${was.rows} sample rows` }];
    }
    return [...was.columns].flatMap(([column, digest]): readonly Loss[] => {
      const now = is.columns.get(column);
      const anew = !anewHere && isAnew(`column ${table}: ${column}`);
      if (now == null || (now === digest && !(anew && was.rows === 0))) return [];
      if (retyped(present, later, `column ${table}: ${column}`)) return [];
      const why = anew ? "is dropped and made anew" : "does not keep its values";
      return [
        {
          object: `${table}.${column}`,
          kind: "values",
          table,
          column,
          why: `column ${table}.${column} ${why}`,
        },
      ];
    });
  });
}

/** Another type spells values otherwise; whether it keeps them is judged by the types. */
function retyped(
  present: ReturnType<typeof indexCatalog>,
  later: ReturnType<typeof indexCatalog>,
  key: string,
): boolean {
  return present.get(key)?.facets["type"] !== later.get(key)?.facets["type"];
}
