export interface SelectedColumn {
  /** Null: of the table that is selected from. */
  readonly of: string | null;
  readonly column: string;
  /** 0-based, in the select string. */
  readonly offset: number;
}

/** The columns that a PostgREST select names (docs: Tables and Views, Resource Embedding). */
export function readSelect(select: string): readonly SelectedColumn[] {
  return readItems(select, 0, null);
}

function readItems(select: string, base: number, of: string | null): readonly SelectedColumn[] {
  const columns: SelectedColumn[] = [];
  for (const { start, end } of splitItems(select)) {
    const item = select.slice(start, end);
    const open = item.indexOf("(");
    const head = (open === -1 ? item : item.slice(0, open)).trim();
    const lead = item.length - item.trimStart().length;
    const alias = /^\.{0,3}\s*(?:[\w$]+|"[^"]*")\s*:(?!:)/.exec(head)?.[0] ?? /^\.\.\./.exec(head)?.[0] ?? "";
    const name = head.slice(alias.length).trimStart();
    if (open !== -1) {
      // An aggregate: `amount.sum()` or `count()`.
      if (/\.(sum|avg|min|max|count)$/.test(name) || name === "count") {
        const column = /^([\w$]+)\./.exec(name)?.[1];
        if (column != null) columns.push({ of, column, offset: base + start + lead + alias.length });
        continue;
      }
      const inner = item.slice(open + 1, item.lastIndexOf(")") === -1 ? undefined : item.lastIndexOf(")"));
      const relation = /^[\w$]+/.exec(name)?.[0] ?? "";
      columns.push(...readItems(inner, base + start + open + 1, relation));
      continue;
    }
    const column = /^[A-Za-z_][\w$]*(?=$|::|->|\.|\s)/.exec(name)?.[0];
    if (column != null) columns.push({ of, column, offset: base + start + lead + alias.length });
  }
  return columns;
}

/** At the commas outside of parentheses. */
function splitItems(select: string): readonly { readonly start: number; readonly end: number }[] {
  const items: { start: number; end: number }[] = [];
  let depth = 0;
  let start = 0;
  for (let at = 0; at <= select.length; at++) {
    const char = select[at];
    if (char === "(") depth += 1;
    if (char === ")") depth -= 1;
    if (at < select.length && (char !== "," || depth > 0)) continue;
    items.push({ start, end: at });
    start = at + 1;
  }
  return items;
}
