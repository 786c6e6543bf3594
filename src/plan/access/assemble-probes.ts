import type { AccessColumn, AccessRelation, ApiRole, RelationKind } from "./access-catalog.ts";
import type { SlotName } from "./assemble-seed.ts";
import { literal } from "./column-values.ts";
import type { TableAccess } from "./find-owners.ts";
import type { Persona } from "./personas.ts";

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

export const operationLetters: Readonly<Record<string, string>> = {
  select: "r",
  insert: "a",
  update: "w",
  delete: "d",
};

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

export function quote(name: string): string {
  return `"${name.replaceAll('"', '""')}"`;
}

function textOf(row: SeededRow | undefined, relation: AccessRelation, column: AccessColumn): string | null {
  return row?.values[relation.columns.indexOf(column)] ?? null;
}

function render(value: string | null): string {
  return value == null ? "null" : literal(value);
}

function granted(relation: AccessRelation, role: ApiRole, letter: string): readonly AccessColumn[] {
  if (relation.grants[role]?.includes(letter) === true) return relation.columns;
  const nums = relation.columnGrants[role]?.[letter] ?? [];
  return relation.columns.filter(({ num }) => nums.includes(num));
}

function keyOf(relation: AccessRelation): readonly AccessColumn[] {
  const key = relation.constraints.find(({ type }) => type === "p");
  return (key?.columns ?? []).flatMap((num) => relation.columns.find((column) => column.num === num) ?? []);
}

function isLocated({ ctid, table }: SeededRow): string {
  return `ctid = '${ctid}' and tableoid = ${table}`;
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

function base(input: TableInput, persona: Persona) {
  return {
    relation: input.access.table,
    persona,
    published: input.published,
    deferred: input.access.table.constraints.some(({ deferrable }) => deferrable),
  };
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

function hasValue(columns: readonly AccessColumn[], table: AccessRelation, row: SeededRow): string {
  const parts = columns.flatMap((column) => {
    const value = textOf(row, table, column);
    return value == null ? [] : [`${quote(column.name)} = ${literal(value)}`];
  });
  return parts.length === 0 ? "false" : parts.join(" and ");
}

/** A's own row given to B, by each column that says whose it is. */
function moveProbes(input: TableInput, persona: Persona): readonly Probe[] {
  const { table, owners, parents } = input.access;
  const { a, b } = input.rows;
  if (a == null || b == null) return [];
  const able = granted(table, persona.role, "w");
  const move = (columns: readonly AccessColumn[], variant: string, aim: string): readonly Probe[] => {
    const fits = columns.filter(
      (column) =>
        able.includes(column) &&
        !column.generated &&
        textOf(b, table, column) != null &&
        textOf(a, table, column) !== textOf(b, table, column),
    );
    if (fits.length === 0 || fits.length < columns.length) return [];
    return [
      {
        ...base(input, persona),
        operation: "move",
        form: "blind",
        returns: false,
        statement: `update ${table.sql} set ${fits.map((column) => `${quote(column.name)} = ${render(textOf(b, table, column))}`).join(", ")}`,
        landed: `select count(*) from ${table.sql} where ${hasValue(fits, table, b)}`,
        aim,
        variant,
        ownKeys: a.values.filter((value): value is string => value != null),
      },
    ];
  };
  return [
    ...move(owners, "all", "give their own row to B"),
    ...(owners.length > 1
      ? owners.flatMap((column) => move([column], column.name, `give their own row to B by ${column.name}`))
      : []),
    ...parents.flatMap((column) =>
      move([column], `parent:${column.name}`, `move their own row under B's ${column.name}`),
    ),
  ];
}

function insertProbes(input: TableInput, persona: Persona): readonly Probe[] {
  const { access } = input;
  const { table, owners, parents } = access;
  const { a, b, none } = input.rows;
  const fresh = input.rows.fresh?.values == null ? (b ?? none) : input.rows.fresh;
  if (fresh == null) return [];
  const able = granted(table, persona.role, "a").filter(({ generated }) => !generated);
  const bound = [...owners, ...parents];
  const row = (mine: readonly AccessColumn[], variant: string, aim: string): Probe => {
    const columns = able.filter((column) => bound.includes(column) || textOf(fresh, table, column) != null);
    const values = columns.map((column) =>
      render(
        textOf(mine.includes(column) ? a : bound.includes(column) ? (b ?? fresh) : fresh, table, column),
      ),
    );
    const overriding = columns.some(({ identityAlways }) => identityAlways) ? " overriding system value" : "";
    const foreign = bound.filter((column) => !mine.includes(column) && able.includes(column));
    return {
      ...base(input, persona),
      operation: "insert",
      form: "plain",
      returns: false,
      statement:
        columns.length === 0
          ? `insert into ${table.sql} default values`
          : `insert into ${table.sql} (${columns.map(({ name }) => quote(name)).join(", ")})${overriding} values (${values.join(", ")})`,
      ...(b == null || foreign.length === 0
        ? {}
        : { landed: `select count(*) from ${table.sql} where ${hasValue(foreign, table, b)}` }),
      aim,
      variant,
      ownKeys: (a?.values ?? []).filter((value): value is string => value != null),
    };
  };
  if (!input.access.private) return [row([], "any", "add a row that is nobody's")];
  const reachable = bound.filter((column) => able.includes(column));
  if (reachable.length === 0) return [];
  const signedIn = persona.role === "authenticated" && a != null;
  return [
    row([], "all", "add a row in B's name"),
    ...(signedIn && owners.length > 0 && parents.length > 0
      ? [row(owners, "parent", "add their own row under B's parent row")]
      : []),
    ...(signedIn && owners.length > 0 && parents.length > 0 && !access.link && !owners.every(isAddressee)
      ? [row(parents, "owner", "add a row in B's name under their own")]
      : []),
    ...(signedIn && owners.length > 1
      ? owners.map((column) =>
          row(
            bound.filter((one) => one !== column),
            column.name,
            `add a row with B as ${column.name}`,
          ),
        )
      : []),
  ];
}

/** Names another on purpose: whom a thing is sent to, shared with, given to. */
function isAddressee({ name }: AccessColumn): boolean {
  return /^(to|with|for)_|recipient|receiver|assigne|grantee|invit|shared|addressee|target|participant|attendee|follow(ing|ed)|friend|patient|client|customer|student/i.test(
    name,
  );
}
