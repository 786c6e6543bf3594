import type { AccessColumn, AccessRelation, ApiRole, RelationKind } from "./access-catalog.ts";
import type { SlotName } from "./assemble-seed.ts";
import { insertProbes, moveProbes } from "./entry-probes.ts";
import type { TableAccess } from "./find-owners.ts";
import type { Persona } from "./personas.ts";
import { base, granted, isLocated, quote, render, textOf } from "./probe-sql.ts";

export type Operation = "select" | "insert" | "update" | "delete" | "move" | "execute";

/** A row that stands in the table, as the database read it back. */
export interface SeededRow {
  readonly ctid: string;
  /** The partition it lies in. */
  readonly table: number;
  /** Texts of all columns, in the relation's order. */
  readonly values: readonly (string | null)[];
}

export type SeededTable = Readonly<Partial<Record<SlotName, SeededRow>>>;
export type SeededRows = Readonly<Record<string, SeededTable>>;

/** One statement tried as one persona, in a subtransaction that always aborts. */
export interface Probe {
  readonly relation: AccessRelation;
  readonly persona: Persona;
  readonly operation: Operation;
  /** blind: no WHERE, no RETURNING. */
  readonly form: "blind" | "where" | "plain";
  readonly statement: string;
  /** Answers a text instead of rows affected. */
  readonly returns: boolean;
  /** Before, as the login. */
  readonly before?: string;
  /** After, as the login: how many of the other's rows are as they were. */
  readonly untouched?: string;
  readonly standing?: number;
  /** After, as the login, and again once taken back: rows that landed. */
  readonly landed?: string;
  /** What it would mean, in words. */
  readonly aim: string;
  /** Tells variants of one operation apart in keys. */
  readonly variant?: string;
  /** B's parent row is of a kind that its owner may publish. */
  readonly published?: boolean;
  /** An own row in the middle of the attempt, named in a refusal, says nothing of the other's. */
  readonly ownKeys?: readonly string[];
  readonly deferred: boolean;
}

export function mayTry(
  relation: AccessRelation,
  role: ApiRole,
  letter: string,
  usage: Readonly<Record<string, readonly ApiRole[]>>,
): boolean {
  if (usage[relation.schema]?.includes(role) !== true) return false;
  return (
    relation.grants[role]?.includes(letter) === true ||
    (relation.columnGrants[role]?.[letter]?.length ?? 0) > 0
  );
}

function keyOf(relation: AccessRelation): readonly AccessColumn[] {
  const key = relation.constraints.find(({ type }) => type === "p");
  return (key?.columns ?? []).flatMap((num) => relation.columns.find((column) => column.num === num) ?? []);
}

function rowCondition(
  relation: AccessRelation,
  row: SeededRow,
  readable: readonly AccessColumn[],
): string | null {
  const key = keyOf(relation);
  if (key.length > 0 && key.every((column) => readable.includes(column)))
    return key
      .map((column) => `${quote(column.name)} = ${render(textOf(row, relation, column))}`)
      .join(" and ");
  return readable.length === relation.columns.length ? isLocated(row) : null;
}

export interface TableInput {
  readonly access: TableAccess;
  readonly rows: SeededTable;
  readonly personas: readonly Persona[];
  readonly usage: Readonly<Record<string, readonly ApiRole[]>>;
  /** B's mark, which every text of B's rows carries. */
  readonly mark: string;
  /** Triggers may write somebody's data into rows that are nobody's. */
  readonly triggers: boolean;
  /** Rows that this table's lead to may be published by their owner. */
  readonly published: boolean;
}

const probedKinds: readonly RelationKind[] = ["r", "p"];

/** Every way in to B's row of one table, for each persona. */
export function assembleTableProbes(input: TableInput): readonly Probe[] {
  const { access, rows, personas, usage } = input;
  const { table } = access;
  const theirs = rows.b ?? rows.none;
  if (!probedKinds.includes(table.kind) || theirs == null) return [];
  const may = (persona: Persona, letter: string): boolean => mayTry(table, persona.role, letter, usage);
  return personas.flatMap((persona): readonly Probe[] => {
    const control = persona.id === "b" || persona.id === "service_role";
    return [
      ...(may(persona, "r") ? [selectProbe(input, persona, theirs)] : []),
      ...(may(persona, "r") && !access.private && input.triggers ? [traceProbe(input, persona)] : []),
      ...(control ? [] : [...(may(persona, "w") ? updateProbes(input, persona, theirs) : [])]),
      ...(control || !may(persona, "d") ? [] : deleteProbes(input, persona, theirs)),
      ...(control || !may(persona, "a") ? [] : insertProbes(input, persona)),
    ];
  });
}

function selectProbe(input: TableInput, persona: Persona, theirs: SeededRow): Probe {
  const { table } = input.access;
  const readable = granted(table, persona.role, "r");
  const condition = rowCondition(table, theirs, readable);
  const columns = readable.map(({ name }) => quote(name)).join(", ");
  return {
    ...base(input, persona),
    operation: "select",
    form: "plain",
    returns: true,
    statement:
      condition == null
        ? `select count(*) from (select ${columns} from ${table.sql}) r where strpos(r::text, '${input.mark}') > 0`
        : `select count(*) from ${table.sql} where ${condition}`,
    aim: input.access.private ? "read B's row" : "read a row",
  };
}

/** Rows that nobody owns, with data of B in them all the same. */
function traceProbe(input: TableInput, persona: Persona): Probe {
  const { table } = input.access;
  const columns = granted(table, persona.role, "r").map(({ name }) => quote(name));
  return {
    ...base(input, persona),
    operation: "select",
    form: "plain",
    returns: true,
    statement: `select count(*) from (select ${columns.join(", ")} from ${table.sql}) r where strpos(r::text, '${input.mark}') > 0`,
    aim: "read what a trigger wrote of B",
    variant: "trace",
  };
}

/** A column whose change says nothing, and a value that the table has accepted. */
function harmlessColumns(input: TableInput, role: ApiRole): readonly AccessColumn[] {
  const { table, bindings } = input.access;
  const keyed = new Set(
    table.constraints
      .flatMap(({ type, columns }) => (type === "c" ? [] : [...columns]))
      .concat(table.partitionKey),
  );
  const checked = new Set(
    table.constraints.flatMap(({ type, columns }) => (type === "c" ? [...columns] : [])),
  );
  const able = granted(table, role, "w").filter(
    ({ generated, identityAlways }) => !generated && !identityAlways,
  );
  const rank = ({ num }: AccessColumn): number =>
    bindings.has(num) ? 4 : keyed.has(num) ? 8 : checked.has(num) ? 1 : 0;
  return [...able].sort((x, y) => rank(x) - rank(y));
}

/** B's rows as they were made; the second one stands open to what policies ask of its columns. */
function theirRows({ b, none, shown }: SeededTable): readonly SeededRow[] {
  return [b ?? none, shown].filter((row): row is SeededRow => row != null);
}

function untouched(table: AccessRelation, rows: SeededTable): string {
  return `select count(*) from ${table.sql} where ${theirRows(rows)
    .map((row) => `(${isLocated(row)})`)
    .join(" or ")}`;
}

function updateProbes(input: TableInput, persona: Persona, theirs: SeededRow): readonly Probe[] {
  const { table } = input.access;
  const own = input.rows.a ?? input.rows.none;
  const [column] = harmlessColumns(input, persona.role);
  if (column == null) return [];
  const set = `${quote(column.name)} = ${render(textOf(own ?? theirs, table, column))}`;
  const shared = {
    ...base(input, persona),
    operation: "update",
    returns: false,
    untouched: untouched(table, input.rows),
    standing: theirRows(input.rows).length,
  } as const;
  const condition = rowCondition(table, theirs, granted(table, persona.role, "r"));
  const aim = input.access.private ? "change B's row" : "change a row that is nobody's";
  return [
    { ...shared, form: "blind", statement: `update ${table.sql} set ${set}`, aim },
    {
      ...shared,
      form: "where",
      statement: `update ${table.sql} set ${set} where ${condition ?? "true"}`,
      aim,
    },
    ...(persona.role === "authenticated" && input.access.private ? moveProbes(input, persona) : []),
  ];
}

function deleteProbes(input: TableInput, persona: Persona, theirs: SeededRow): readonly Probe[] {
  const { table } = input.access;
  const shared = {
    ...base(input, persona),
    operation: "delete",
    returns: false,
    untouched: untouched(table, input.rows),
    standing: theirRows(input.rows).length,
  } as const;
  const condition = rowCondition(table, theirs, granted(table, persona.role, "r"));
  const aim = input.access.private ? "delete B's row" : "delete a row that is nobody's";
  return [
    { ...shared, form: "blind", statement: `delete from ${table.sql}`, aim },
    { ...shared, form: "where", statement: `delete from ${table.sql} where ${condition ?? "true"}`, aim },
  ];
}
