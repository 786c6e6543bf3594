import type { AccessCatalog, AccessRelation } from "./access-catalog.ts";

/** What policies read of a column beside whose row it is. */
export interface ColumnWish {
  /** Literals that give rights: an ordinary row does not hold them. */
  readonly avoid: ReadonlySet<string>;
  /** A policy asks whether it is null: then it is, at first. */
  readonly empty: boolean;
  /** Literals that this table's own policies ask for. */
  readonly seek: readonly string[];
}

export type Wishes = (table: AccessRelation) => ReadonlyMap<number, ColumnWish>;

const casts = /::(?:"[^"]+"|[a-z_][\w.]*)(?: varying)?(?:\(\d+\))?(?:\[\])*/gi;
const compared = /"?([\w$]+)"?\)? (?:=|IN|= ANY) \(*(?:ARRAY\[)?((?:'(?:[^']|'')*'(?:, )?)+)/gi;

/** Reads every policy and function once. */
export function readWishes(catalog: AccessCatalog): Wishes {
  const everywhere = new Map<string, Set<string>>();
  const collect = (text: string, into: Map<string, Set<string>>): void => {
    for (const [, column, list] of text.replace(casts, "").matchAll(compared)) {
      const name = (column ?? "").toLowerCase();
      const literals = [...(list ?? "").matchAll(/'((?:[^']|'')*)'/g)].map(([, one]) => one ?? "");
      into.set(name, new Set([...(into.get(name) ?? []), ...literals]));
    }
  };
  const policyText = (table: AccessRelation): string =>
    table.policies.map(({ using, check }) => `${using ?? ""} ; ${check ?? ""}`).join(" ; ");
  for (const table of catalog.relations)
    if (table.policies.length > 0) collect(policyText(table), everywhere);
  for (const { source, language } of catalog.functions)
    if (language === "sql" || language === "plpgsql") collect(source, everywhere);
  return (table) => {
    const text = policyText(table).replace(casts, "");
    const own = new Map<string, Set<string>>();
    collect(text, own);
    const wishes = new Map<number, ColumnWish>();
    const folded = text.toLowerCase();
    for (const { num, name, base } of table.columns) {
      // Most columns are named nowhere: patterns are made for the few that are.
      if (!folded.includes(name.toLowerCase())) {
        wishes.set(num, { avoid: everywhere.get(name.toLowerCase()) ?? nothing, empty: false, seek: [] });
        continue;
      }
      const word = `(?<![\\w$.])(?:${escapePattern(table.name)}\\.)?"?${escapePattern(name)}"?(?![\\w$])`;
      const asked = new RegExp(word, "i").test(text);
      wishes.set(num, {
        avoid: everywhere.get(name.toLowerCase()) ?? new Set(),
        empty: new RegExp(`${word}\\)? IS NULL`, "i").test(text),
        seek: base === "boolean" ? (asked ? ["true"] : []) : [...(own.get(name.toLowerCase()) ?? [])],
      });
    }
    return wishes;
  };
}

const nothing: ReadonlySet<string> = new Set();

function escapePattern(text: string): string {
  return text.replace(/[.*+?^${}()|[\]\\]/g, "\\$&");
}
