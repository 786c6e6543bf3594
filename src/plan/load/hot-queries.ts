import { leadingWords } from "../sql-class.ts";
import { splitSql } from "../sql-statements.ts";
import { tokenizeSql } from "../sql-tokens.ts";

/** A query that the app sends often, in the shape PostgREST gives it. Runs in a transaction that is rolled back. */
export interface HotQuery {
  /** Of its file in loadtests/database, such as `latest-score`. */
  readonly name: string;
  /** In schema public; a project without it does not send the query. Null: every project does. */
  readonly table: string | null;
  /** How often it comes, beside the others. */
  readonly weight: number;
  /** One statement as pgbench takes it: `:user_id` stands for the user's id. */
  readonly script: string;
  /** The same with `$1` for the id. */
  readonly sql: string;
  readonly takesUser: boolean;
}

const variable = "user_id";
const heaviest = 1000;
const verbs = new Set(["select", "insert", "update", "delete", "with", "values", "table"]);

/**
 * Reads loadtests/database/<name>.sql: comments (`-- table: t`, `-- weight: n` among them), then one statement. What
 * pgbench would take for a command (a backslash) or a variable of its own is refused: both engines run the same.
 */
export function parseHotQuery(
  name: string,
  text: string,
): { readonly query: HotQuery } | { readonly mistakes: readonly string[] } {
  const settings = new Map(
    [...text.matchAll(/^--\s*(table|weight):\s*(.*?)\s*$/gm)].map(([, key = "", value = ""]) => [key, value]),
  );
  const weight = Number(settings.get("weight") ?? 1);
  const [statement, ...more] = splitSql(text).map(({ sql }) => withoutComments(sql));
  const { script, sql, takesUser, foreign } = readVariables(statement ?? "");
  const mistakes = [
    ...(/^[a-z0-9]+(-[a-z0-9]+)*$/.test(name) ? [] : ["its name must be lower-case words with dashes"]),
    ...(Number.isInteger(weight) && weight > 0 && weight <= heaviest
      ? []
      : [`weight: a whole number from 1 to ${heaviest}, got "${settings.get("weight")}"`]),
    ...(script === "" ? ["there is no statement"] : []),
    ...(more.some((one) => one !== "") ? ["there is more than one statement"] : []),
    ...(text.includes("\\") ? ["a backslash would be a command to pgbench"] : []),
    ...foreign.map((word) => `${word}: only :${variable} is known, and pgbench looks into texts as well`),
    ...(script === "" || verbs.has(leadingWords(script)[0] ?? "")
      ? []
      : [`it must start with one of ${[...verbs].join(", ")}`]),
  ];
  if (mistakes.length > 0) return { mistakes: mistakes.map((mistake) => `${name}: ${mistake}`) };
  return { query: { name, table: settings.get("table") ?? null, weight, script, sql, takesUser } };
}

/** Those whose table is there. */
export function chooseHotQueries(
  queries: readonly HotQuery[],
  tables: readonly string[],
): readonly HotQuery[] {
  return queries.filter(({ table }) => table == null || tables.includes(table));
}

/** One round in which each comes as often as it weighs, spread out. */
export function spreadByWeight(queries: readonly HotQuery[]): readonly HotQuery[] {
  const total = queries.reduce((sum, { weight }) => sum + weight, 0);
  const credits = new Map(queries.map((query) => [query, 0]));
  return Array.from({ length: total }, () => {
    for (const query of queries) credits.set(query, (credits.get(query) ?? 0) + query.weight);
    const [next] = queries.toSorted((one, other) => (credits.get(other) ?? 0) - (credits.get(one) ?? 0));
    if (next == null) throw new TypeError("weights without queries");
    credits.set(next, (credits.get(next) ?? 0) - total);
    return next;
  });
}

function withoutComments(sql: string): string {
  return tokenizeSql(sql)
    .map(({ kind, start, end }) => (kind === "comment" ? " " : sql.slice(start, end)))
    .join("")
    .replace(/\s+$/gm, "")
    .trim();
}

/** pgbench takes a colon and a name for a variable wherever it stands; `::` is a cast. */
function readVariables(script: string) {
  const found = [...script.matchAll(/(?<!:):([A-Za-z0-9_\u0080-\uffff]+)/g)].map(([word]) => word);
  const own = `:${variable}`;
  return {
    script,
    sql: script.replaceAll(new RegExp(`(?<!:)${own}\\b`, "g"), "$$1"),
    takesUser: found.includes(own),
    foreign: [...new Set(found.filter((word) => word !== own))],
  };
}
