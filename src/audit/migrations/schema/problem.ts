import { nearest } from "../../../core/nearest.ts";
import type { SqlTree } from "../../../plan/sql-tree.ts";
import type { PlacedTree } from "../world.ts";
import type { Missing } from "./check-names.ts";
import { show } from "./names.ts";

export type SchemaRule =
  | "unknown-table"
  | "unknown-column"
  | "unknown-function"
  | "unknown-type"
  | "unknown-schema"
  | "unknown-enum-value"
  | "unknown-object"
  | "used-before-created"
  | "already-exists"
  | "unqualified-in-definer";

export interface SchemaProblem {
  readonly rule: SchemaRule;
  readonly placed: PlacedTree;
  /** In the file. */
  readonly offset: number;
  readonly subject: string;
  readonly detail: string;
  readonly fix?: string;
}

/** What later statements make. */
export interface Upcoming {
  readonly get: (key: string) => string | undefined;
  readonly names: () => Iterable<string>;
}

export function describe(placed: PlacedTree, at: SqlTree, missing: Missing, later: Upcoming): SchemaProblem {
  const offset = missing.location == null ? at.offset : at.place(missing.location);
  const base = { placed, offset };
  if (missing.kind === "column") {
    const { column, of, known } = missing;
    const guess = nearest(column, known);
    const file = later.get(`column ${of.includes(".") ? of : `public.${of}`}.${column}`);
    return {
      ...base,
      rule: file == null ? "unknown-column" : "used-before-created",
      subject: `${of}.${column}`,
      detail:
        file == null
          ? `${of} has no column ${column}`
          : `${of}.${column} is used here but made later${file === "" ? "" : `, in ${file}`}`,
      ...(guess == null || file != null
        ? {}
        : { fix: `Did you mean ${guess}? Otherwise add the column in a migration.` }),
    };
  }
  if (missing.kind === "label") {
    const { label, type, known } = missing;
    const guess = nearest(label, known);
    return {
      ...base,
      rule: "unknown-enum-value",
      subject: `${type} ${label}`,
      detail: `'${label}' is no value of ${type} here (it has ${known.join(", ")})`,
      ...(guess == null
        ? {}
        : {
            fix: `Did you mean '${guess}'? Otherwise alter type ${type} add value '${label}' in an earlier migration.`,
          }),
    };
  }
  if (missing.kind === "object")
    return {
      ...base,
      rule: "unknown-object",
      subject: missing.shown,
      detail: `there is no ${missing.what} ${missing.shown} here`,
    };
  if (missing.kind === "extension") return { ...base, ...describeExtension(missing, later) };
  return { ...base, ...describeObject(missing, later) };
}

function describeExtension(
  { name, extension }: Extract<Missing, { extension: string }>,
  later: Upcoming,
): Pick<SchemaProblem, "rule" | "subject" | "detail" | "fix"> {
  const file =
    later.get(`extension ${extension}`) ??
    later.get(`function ${show({ ...name, schema: name.schema ?? "public" })}`);
  return {
    rule: file == null ? "unknown-function" : "used-before-created",
    subject: show(name),
    detail:
      file == null
        ? `${show(name)}() comes with the extension ${extension}, which no migration creates`
        : `${show(name)}() is used here but made later, in ${file}`,
    fix: `create extension if not exists ${extension}; in a migration before this.`,
  };
}

function describeObject(
  { kind, name }: Extract<Missing, { kind: "relation" | "function" | "type" | "schema" }>,
  later: Upcoming,
): Pick<SchemaProblem, "rule" | "subject" | "detail" | "fix"> {
  const shown = show(name);
  const key = name.schema == null ? `public.${name.name}` : shown;
  const kinds = kind === "relation" ? ["table", "view", "sequence"] : [kind];
  const file = kinds.map((one) => later.get(`${one} ${key}`)).find((path) => path != null);
  const what = kind === "relation" ? "table" : kind;
  if (file != null) {
    return {
      rule: "used-before-created",
      subject: shown,
      detail: `${what} ${shown} is used here but made later, in ${file}`,
    };
  }
  const rule = `unknown-${what}` as SchemaRule;
  const guess = nearest(
    name.name,
    [...later.names()]
      .filter((one) => kinds.some((prefix) => one.startsWith(`${prefix} `)))
      .map((one) => one.slice(one.indexOf(".") + 1)),
  );
  const detail = `no migration makes ${what} ${shown}`;
  return {
    rule,
    subject: shown,
    detail,
    ...(guess == null ? {} : { fix: `Did you mean ${guess}? Otherwise make it in a migration before this.` }),
  };
}

export function alreadyThere(placed: PlacedTree, kind: string, key: string, file: string): SchemaProblem {
  const shown = key.includes("\0") ? `${key.split("\0")[1]} on ${key.split("\0")[0]}` : key;
  return {
    rule: "already-exists",
    placed,
    offset: placed.tree.offset,
    subject: shown,
    detail: `${kind} ${shown} is there already, made in ${file}`,
  };
}

export function unqualified(placed: PlacedTree, at: SqlTree, name: string, location: unknown): SchemaProblem {
  return {
    rule: "unqualified-in-definer",
    placed,
    offset: at.place(location),
    subject: name,
    detail: `${name} is not qualified, and the function's search_path is empty`,
  };
}
