import type { AccessCatalog, AccessRelation } from "./access-catalog.ts";
import { literal } from "./column-values.ts";

/** What policies read of a column beside whose row it is. */
export interface ColumnWish {
  /** Literals that give rights: an ordinary row does not hold them. */
  readonly avoid: ReadonlySet<string>;
  /** A policy asks whether it is null: then it is, at first. */
  readonly empty: boolean;
  /** SQL expressions of what this table's own policies ask for. */
  readonly seek: readonly string[];
}

export type Wishes = (table: AccessRelation) => ReadonlyMap<number, ColumnWish>;

const casts = /::(?:"[^"]+"|[a-z_][\w.]*)(?: varying)?(?:\(\d+\))?(?:\[\])*/gi;
const compared = /"?([\w$]+)"?\)? (?:=|IN|= ANY) \(*(?:ARRAY\[)?((?:'(?:[^']|'')*'(?:, )?)+)/gi;

/** Reads every policy and function once. */
export function readWishes(catalog: AccessCatalog): Wishes {
  const everywhere = new Map<string, Set<string>>();
  for (const table of catalog.relations)
    if (table.policies.length > 0) collectLiterals(policyText(table), everywhere);
  for (const { source, language } of catalog.functions)
    if (language === "sql" || language === "plpgsql") collectLiterals(source, everywhere);
  return (table) => {
    const text = policyText(table);
    const seeks = readSeeks(table, text);
    return new Map(
      table.columns.map(({ num, name }) => [
        num,
        {
          avoid: everywhere.get(name.toLowerCase()) ?? nothing,
          empty: seeks.get(num)?.includes("null") === true,
          seek: (seeks.get(num) ?? []).filter((one) => one !== "null"),
        },
      ]),
    );
  };
}

/**
 * What a text asks of a table's columns, as SQL expressions: literals it compares them with, true, null, and times on
 * the right side of now.
 */
export function readSeeks(table: AccessRelation, given: string): ReadonlyMap<number, readonly string[]> {
  const text = given.replace(casts, "");
  const folded = text.toLowerCase();
  const literals = new Map<string, Set<string>>();
  collectLiterals(text, literals);
  return new Map(
    table.columns.flatMap(({ num, name, base, notNull }) => {
      // Most columns are named nowhere: patterns are made for the few that are.
      if (!folded.includes(name.toLowerCase())) return [];
      const word = `(?<![\\w$])(?:[\\w$]+\\.)?"?${escapePattern(name)}"?(?![\\w$])`;
      const has = (pattern: string): boolean => new RegExp(word + pattern, "i").test(text);
      const isNumber = /^(smallint|integer|bigint|numeric)/.test(base);
      const isTime = /^(timestamp|date)/.test(base);
      const seek = [
        ...(base === "boolean" && has("") ? ["true"] : []),
        ...(base === "boolean" ? [] : [...(literals.get(name.toLowerCase()) ?? [])].map(literal)),
        ...(isTime && has("\\)? >=? \\(*(?:now\\(\\)|current_)") ? ["now() + interval '30 days'"] : []),
        ...(isTime && has("\\)? <=? \\(*(?:now\\(\\)|current_)") ? ["now() - interval '30 days'"] : []),
        ...(isNumber ? leastNumbers(text, word) : []),
        ...(!notNull && has("\\)? is null") ? ["null"] : []),
      ];
      return seek.length === 0 ? [] : [[num, seek] as const];
    }),
  );
}

/** Compared with by name, or the answer of a function that reads it: the highest asked for will do for all. */
function leastNumbers(text: string, word: string): readonly string[] {
  const asked = [...text.matchAll(new RegExp(`(?:${word}|\\))\\)? (>=?) \\(?(\\d{1,6})\\b`, "gi"))].map(
    ([, operator, number]) => Number(number) + (operator === ">" ? 1 : 0),
  );
  return asked.length === 0 ? [] : [String(Math.max(...asked))];
}

function policyText(table: AccessRelation): string {
  return table.policies.map(({ using, check }) => `${using ?? ""} ; ${check ?? ""}`).join(" ; ");
}

function collectLiterals(text: string, into: Map<string, Set<string>>): void {
  for (const [, column, list] of text.replace(casts, "").matchAll(compared)) {
    const name = (column ?? "").toLowerCase();
    const found = [...(list ?? "").matchAll(/'((?:[^']|'')*)'/g)].map(([, one]) =>
      (one ?? "").replaceAll("''", "'"),
    );
    into.set(name, new Set([...(into.get(name) ?? []), ...found]));
  }
}

const nothing: ReadonlySet<string> = new Set();

function escapePattern(text: string): string {
  return text.replace(/[.*+?^${}()|[\]\\]/g, "\\$&");
}
