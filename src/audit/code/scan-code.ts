import type { SourceFile } from "../../plan/source-tree.ts";
import { type Call, endOfParens, firstText, literalKeys, readChain } from "./call-chain.ts";
import type { CodeUse } from "./code-use.ts";
import { codeUnit, maskCode } from "./mask-code.ts";
import { readSelect } from "./select-columns.ts";

const language = /\.(?:[cm]?[jt]sx?|dart)$/;

/** Tests ask for what is not there on purpose. */
const test =
  /(?:^|\/)(?:tests?|__tests__|spec|e2e|integration_test|fixtures|bench|mocks?)\/|\.(?:test|spec)\.[cm]?[jt]sx?$|_test\.dart$/;

/** What a table query starts with; `Array.from('…')` and storage buckets do not. */
const starts = new Set(["select", "insert", "upsert", "update", "delete", "stream", "count"]);

const filters = new Set(
  (
    "eq neq gt gte lt lte like ilike is in inFilter isFilter contains containedBy overlaps textSearch filter not " +
    "order rangeGt rangeGte rangeLt rangeLte rangeAdjacent likeAllOf likeAnyOf ilikeAllOf ilikeAnyOf"
  ).split(" "),
);

/** Tables, columns and functions that a source asks supabase-js or supabase_flutter for, where they are literals. */
export function scanCode({ path, text }: SourceFile): readonly CodeUse[] {
  if (!language.test(path) || test.test(path)) return [];
  const calls = [...text.matchAll(/\.\s*(from|rpc)\s*(?:<[^()]*>)?\(/g)];
  if (calls.length === 0) return [];
  const mask = maskCode(text);
  const isDart = path.endsWith(".dart");
  return calls.flatMap((match) => {
    if (mask[match.index] !== codeUnit) return [];
    const start = match.index + match[0].length;
    const end = endOfParens(text, mask, start);
    if (end == null) return [];
    const before = text.slice(Math.max(0, match.index - 120), match.index);
    const schema = /\.schema\(\s*['"]([\w-]+)['"]\s*\)\s*$/.exec(before)?.[1] ?? "public";
    const source: Source = { file: path, text, mask, isDart, schema };
    const call = { name: match[1] ?? "", start, end };
    if (match[1] === "rpc") return readRpc(source, call);
    return /(?:\bstorage|\b[A-Z]\w*Array|\b(?:Array|Buffer|Object|List|Set|Map|Stream|Iterable))\s*[!?]?\s*$/.test(
      before,
    )
      ? []
      : readQuery(source, call);
  });
}

interface Source {
  readonly file: string;
  readonly text: string;
  readonly mask: Uint8Array;
  readonly isDart: boolean;
  readonly schema: string;
}

function readRpc(source: Source, { start, end }: Call): readonly CodeUse[] {
  const { file, text, mask, isDart, schema } = source;
  const name = firstText(text, start, end);
  if (name == null || !/^\w+$/.test(name.value)) return [];
  const rest = text.slice(name.offset + name.value.length + 1, end);
  const params = isDart ? /^\s*,\s*params\s*:\s*/.exec(rest) : /^\s*,\s*(?=\{)/.exec(rest);
  const none = /^\s*,?\s*$/.test(rest);
  const at = name.offset + name.value.length + 1 + (params?.[0].length ?? 0);
  const keys = params == null ? null : literalKeys(text, mask, { start: at, end }, isDart);
  const sent = none ? [] : keys?.complete ? keys.keys.map((key) => key.name) : null;
  return [{ kind: "rpc", file, offset: name.offset, schema, name: name.value, arguments: sent }];
}

function readQuery(source: Source, { start, end }: Call): readonly CodeUse[] {
  const { file, text, mask, schema } = source;
  const table = firstText(text, start, end);
  const chain = readChain(text, mask, end + 1);
  if (table == null || !/^\w+$/.test(table.value) || !starts.has(chain[0]?.name ?? "")) return [];
  const base = { file, schema, table: table.value };
  return [
    { ...base, kind: "table", offset: table.offset },
    ...chain
      .flatMap((call) => readColumns(source, call, base.table))
      .map(
        ({ table: of, column, offset }): CodeUse => ({ ...base, table: of, kind: "column", column, offset }),
      ),
  ];
}

interface NamedColumn {
  readonly table: string;
  readonly column: string;
  readonly offset: number;
}

function readColumns(source: Source, call: Call, table: string): readonly NamedColumn[] {
  const { text, mask, isDart } = source;
  const { name, start, end } = call;
  const inside = text.slice(start, end);
  if (name === "select") {
    const list = firstText(text, start, end);
    return list == null
      ? []
      : readSelect(list.value).map(({ of, column, offset }) => ({
          table: of ?? table,
          column,
          offset: list.offset + offset,
        }));
  }
  if (filters.has(name)) {
    const column = firstText(text, start, end);
    const isOther = /referencedTable|foreignTable/.test(inside);
    const match = /^([A-Za-z_]\w*)(?:->.*)?$/.exec(column?.value ?? "");
    return column == null || match == null || isOther
      ? []
      : [{ table, column: match[1] ?? "", offset: column.offset }];
  }
  if (name === "stream") {
    const list = /primaryKey\s*:\s*\[([^\]]*)\]/.exec(inside);
    return list == null ? [] : listed(table, list[1] ?? "", start + list.index + list[0].indexOf("[") + 1);
  }
  if (!["insert", "upsert", "update", "match"].includes(name)) return [];
  const keys = literalKeys(text, mask, { start, end }, isDart)?.keys ?? [];
  const conflict = /onConflict\s*:\s*(['"])([\w\s,]+)\1/.exec(inside);
  const columns = keys.map((key) => ({ table, column: key.name, offset: key.offset }));
  if (conflict == null) return columns;
  const at = start + conflict.index + conflict[0].lastIndexOf(conflict[2] ?? "");
  return [...columns, ...listed(table, conflict[2] ?? "", at)];
}

function listed(table: string, list: string, base: number): readonly NamedColumn[] {
  return [...list.matchAll(/\w+/g)].map((match) => ({ table, column: match[0], offset: base + match.index }));
}
