/** What of the request an expression reads. */
export type CallerSource =
  | { readonly kind: "user" }
  | { readonly kind: "role" }
  | { readonly kind: "claim"; readonly path: readonly string[] }
  | { readonly kind: "header"; readonly name: string }
  | { readonly kind: "setting"; readonly name: string }
  /** A function looks it up for the caller: what this column holds in the caller's rows. */
  | { readonly kind: "looked-up"; readonly table: string; readonly column: string };

/** `alias.column`; without alias it is the policy's own table. */
export interface ColumnName {
  readonly alias: string | null;
  readonly column: string;
}

export interface Comparison {
  readonly source: CallerSource;
  /** The other side: a column, one that holds many, or a literal. */
  readonly column: ColumnName | null;
  readonly isArray: boolean;
  readonly literal: string | null;
}

export interface PolicyReading {
  readonly comparisons: readonly Comparison[];
  readonly sources: readonly CallerSource[];
  /** Columns that must hold the same for the policy to let through. */
  readonly equal: readonly (readonly [ColumnName, ColumnName])[];
  /** Alias → table as written, quoted parts unquoted, `schema.table`. */
  readonly aliases: ReadonlyMap<string, string>;
  readonly literals: readonly string[];
  /** Names of functions it calls, `schema.name` or `name`. */
  readonly calls: readonly string[];
}

const casts =
  /::(?:"[^"]+"|[a-z_][\w.]*)(?: varying| precision| with(?:out)? time zone)?(?:\(\d+(?:,\s*\d+)?\))?(?:\[\])*/gi;
const identifier = `(?:"(?:[^"]|"")+"|[a-z_][\\w$]*)`;
const columnText = `(?:(${identifier})\\.)?(${identifier})`;
const token = "⟦(\\d+)⟧";
// Made once: thousands of texts are read.
const patterns = {
  token: new RegExp(token, "g"),
  call: new RegExp(`((?:${identifier}\\.)?${identifier})\\(\\)`, "gi"),
  sourceFirst: new RegExp(`${token} = ${columnText}(?![\\w(])`, "gi"),
  columnFirst: new RegExp(`${columnText} (?:=|IN|= ANY) \\(*${token}`, "gi"),
  anyOf: new RegExp(`${token} = ANY \\(?${columnText}\\)?`, "gi"),
  contains: new RegExp(`${columnText} @> ARRAY\\[${token}`, "gi"),
  literal: new RegExp(`${token} = '((?:[^']|'')*)'`, "g"),
  literals: new RegExp(`${token} = ANY \\(ARRAY\\[([^\\]]*)\\]`, "gi"),
  wrapped: new RegExp(`(?<![\\w$"])\\(\\s*((?:${identifier}\\.)?${identifier})\\s*\\)`, "gi"),
  equal: new RegExp(`(${identifier})\\.(${identifier}) = (${identifier})\\.(${identifier})`, "gi"),
  listed: new RegExp(
    `${columnText} (?:IN|= ANY) \\(+\\s*SELECT (?:DISTINCT )?(${identifier})\\.(${identifier})`,
    "gi",
  ),
  from: new RegExp(
    `(?:FROM|JOIN) \\(*((?:${identifier}\\.)?${identifier})(?: (?:AS )?(?!WHERE|JOIN|ON|LEFT|INNER|GROUP|LIMIT)(${identifier}))?`,
    "gi",
  ),
  name: new RegExp(identifier, "gi"),
} as const;

/** Functions without arguments → what of the request they answer. */
export type Answers = ReadonlyMap<string, CallerSource>;

/** A source, or a document of the request of which a part may be taken. */
type Marked =
  | CallerSource
  | { readonly kind: "document"; readonly of: "claims" | "headers"; readonly path: readonly string[] };

/** Reads the text of pg_get_expr, with an empty search_path, or of a function's body. */
export function readPolicy(expression: string, answers: Answers = new Map()): PolicyReading {
  const marked: Marked[] = [];
  const mark = (one: Marked): string => `⟦${marked.push(one) - 1}⟧`;
  const document = (of: "claims" | "headers") => () => mark({ kind: "document", of, path: [] });
  let text = expression.replace(casts, "").replace(/\s+/g, " ");
  text = text.replace(/auth\.jwt\(\)|current_setting\('request\.jwt\.claims?'[^)]*\)/gi, document("claims"));
  text = text.replace(/current_setting\('request\.headers'[^)]*\)/gi, document("headers"));
  text = text.replace(/current_setting\('request\.jwt\.claim\.([\w.]+)'[^)]*\)/gi, (_all, claim: string) =>
    mark(claimSource([claim])),
  );
  text = text.replace(/current_setting\('([\w.]+)'[^)]*\)/gi, (_all, setting: string) =>
    mark({ kind: "setting", name: setting }),
  );
  text = text.replace(/auth\.uid\(\)/gi, () => mark({ kind: "user" }));
  text = text.replace(/auth\.email\(\)/gi, () => mark({ kind: "claim", path: ["email"] }));
  text = text.replace(/auth\.role\(\)/gi, () => mark({ kind: "role" }));
  if (answers.size > 0)
    text = text.replace(patterns.call, (call, called: string) => {
      const answer = answers.get(called);
      return answer == null ? call : mark(answer);
    });
  text = reduce(text, (index, operator, key) => {
    const from = marked[index];
    if (from?.kind !== "document") return null;
    const keys = operator.startsWith("#") ? key.replace(/[{}]/g, "").split(",") : [key];
    return mark({ ...from, path: [...from.path, ...keys] });
  });
  // Documents on the way to a part of theirs stand nowhere any more.
  const standing = new Set([...text.matchAll(patterns.token)].map(([, index]) => Number(index)));
  const resolved = marked.map((one, index) => (standing.has(index) ? resolve(one) : null));
  const sources = resolved.filter((source): source is CallerSource => source != null);
  const comparisons: Comparison[] = [];
  const lookedUp: (readonly [ColumnName, ColumnName])[] = [];
  const add = (index: string, column: ColumnName | null, isArray = false, literal: string | null = null) => {
    const source = resolved[Number(index)];
    if (source?.kind === "looked-up") {
      if (column != null) lookedUp.push([column, { alias: source.table, column: source.column }]);
    } else if (source != null) comparisons.push({ source, column, isArray, literal });
  };
  for (const [, index, alias, column] of text.matchAll(patterns.sourceFirst))
    if (!/^(any|all|true|false|null)$/i.test(column ?? "")) add(index ?? "", name(alias, column));
  for (const [, alias, column, index] of text.matchAll(patterns.columnFirst))
    add(index ?? "", name(alias, column));
  for (const [, index, alias, column] of text.matchAll(patterns.anyOf))
    add(index ?? "", name(alias, column), true);
  for (const [, alias, column, index] of text.matchAll(patterns.contains))
    add(index ?? "", name(alias, column), true);
  for (const [, index, literal] of text.matchAll(patterns.literal))
    add(index ?? "", null, false, literal ?? "");
  for (const [, index, list] of text.matchAll(patterns.literals))
    for (const [, literal] of (list ?? "").matchAll(/'((?:[^']|'')*)'/g))
      add(index ?? "", null, false, literal ?? "");
  return {
    comparisons,
    sources,
    equal: [...readEqualities(text), ...lookedUp],
    aliases: readAliases(text),
    literals: [...expression.matchAll(/'((?:[^']|'')*)'/g)].map(([, literal]) =>
      (literal ?? "").replaceAll("''", "'"),
    ),
    calls: [...expression.matchAll(/((?:[\w$]+\.)?[\w$]+)\(/g)].map(([, called]) => called ?? ""),
  };
}

function claimSource(path: readonly string[]): CallerSource {
  if (path.length === 1 && path[0] === "sub") return { kind: "user" };
  if (path.length === 1 && path[0] === "role") return { kind: "role" };
  return { kind: "claim", path };
}

/** A part of a document that nothing is taken of any more; null of the whole. */
function resolve(one: Marked): CallerSource | null {
  if (one.kind !== "document") return one;
  if (one.path.length === 0) return null;
  return one.of === "claims" ? claimSource(one.path) : { kind: "header", name: one.path.join(".") };
}

/** `( SELECT ⟦0⟧ AS uid)`, `(⟦0⟧)` → `⟦0⟧`; `(user_id)` → `user_id`; `⟦0⟧ -> 'key'` → what `take` says it is. */
function reduce(
  given: string,
  take: (index: number, operator: string, key: string) => string | null,
): string {
  let text = given;
  for (;;) {
    const next = text
      .replace(/\(\s*SELECT (⟦\d+⟧)(?: AS (?:\w+|"[^"]+"))?\s*\)/gi, "$1")
      .replace(/\b(?:nullif|coalesce|lower|btrim)\((⟦\d+⟧)(?: ?, '[^']*')?\)/gi, "$1")
      .replace(/\(\s*(⟦\d+⟧)\s*\)/g, "$1")
      .replace(
        /⟦(\d+)⟧ ?(->>?|#>>?) ?'([^']*)'/g,
        (all, index: string, operator: string, key: string) => take(Number(index), operator, key) ?? all,
      )
      .replace(patterns.wrapped, "$1");
    if (next === text) return text;
    text = next;
  }
}

function name(alias: string | undefined, column: string | undefined): ColumnName {
  return { alias: alias == null ? null : unquote(alias), column: unquote(column ?? "") };
}

function unquote(text: string): string {
  return text.startsWith('"') ? text.slice(1, -1).replaceAll('""', '"') : text;
}

function readEqualities(text: string): readonly (readonly [ColumnName, ColumnName])[] {
  return [...text.matchAll(patterns.equal), ...text.matchAll(patterns.listed)].map(
    ([, a, b, c, d]) => [name(a, b), name(c, d)] as const,
  );
}

function readAliases(text: string): ReadonlyMap<string, string> {
  const aliases = new Map<string, string>();
  for (const [, table, alias] of text.matchAll(patterns.from)) {
    const parts = [...(table ?? "").matchAll(patterns.name)].map(([part]) => unquote(part));
    aliases.set(alias == null ? (parts.at(-1) ?? "") : unquote(alias), parts.join("."));
  }
  return aliases;
}
