import type { AccessColumn, AccessRelation } from "./access-catalog.ts";
import { literal } from "./column-values.ts";
import type { Persona } from "./personas.ts";
import type { Probe, SeededRow, TableInput } from "./probe.ts";
import { base, granted, quote, render, textOf } from "./probe-sql.ts";

function hasValue(columns: readonly AccessColumn[], table: AccessRelation, row: SeededRow): string {
  const parts = columns.flatMap((column) => {
    const value = textOf(row, table, column);
    return value == null ? [] : [`${quote(column.name)} = ${literal(value)}`];
  });
  return parts.length === 0 ? "false" : parts.join(" and ");
}

/** One user's row with that user in every place that names one, where a third user stands in some. */
function alone(
  { access: { table, owners }, rows: { turned } }: TableInput,
  row: SeededRow | undefined,
): SeededRow | undefined {
  if (row == null || turned == null) return row;
  const places = new Set(owners.filter(({ array }) => !array).map((column) => table.columns.indexOf(column)));
  // The first of the places that a check keeps apart holds the row's own user.
  const own = row.values[Math.min(...places)] ?? null;
  return { ...row, values: row.values.map((value, index) => (places.has(index) ? own : value)) };
}

/** A's own row given to B, by each column that says whose it is. */
export function moveProbes(input: TableInput, persona: Persona): readonly Probe[] {
  const { table, owners, parents } = input.access;
  const a = alone(input, input.rows.a);
  const b = alone(input, input.rows.b);
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
        ...(isBeside(input, fits, variant) ? { beside: true } : {}),
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

export function insertProbes(input: TableInput, persona: Persona): readonly Probe[] {
  const { access } = input;
  const { table, owners, parents } = access;
  const { none } = input.rows;
  const a = alone(input, input.rows.a);
  const b = alone(input, input.rows.b);
  const fresh = input.rows.fresh?.values == null ? (b ?? none) : input.rows.fresh;
  if (fresh == null) return [];
  const able = granted(table, persona.role, "a").filter(({ generated }) => !generated);
  const bound = [...owners, ...parents];
  const tellsOfOthers = asksOfOtherColumns(input, bound);
  const row = (
    mine: readonly AccessColumn[],
    variant: string,
    aim: string,
    { spare }: { readonly spare: boolean } = { spare: false },
  ): Probe => {
    const flags = spare ? shownColumns(input, bound) : [];
    const columns = able.filter((column) =>
      spare
        ? flags.includes(column) || (column.notNull && (!column.hasDefault || bound.includes(column)))
        : bound.includes(column) || textOf(fresh, table, column) != null,
    );
    const values = columns.map((column) =>
      render(
        textOf(
          mine.includes(column)
            ? a
            : bound.includes(column)
              ? (b ?? fresh)
              : flags.includes(column)
                ? input.rows.shown
                : fresh,
          table,
          column,
        ),
      ),
    );
    const overriding = columns.some(({ identityAlways }) => identityAlways) ? " overriding system value" : "";
    const foreign = bound.filter(
      (column) => !mine.includes(column) && able.includes(column) && (!spare || columns.includes(column)),
    );
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
      ...(isBeside(input, foreign, variant) ? { beside: true } : {}),
      ownKeys: (a?.values ?? []).filter((value): value is string => value != null),
    };
  };
  if (!input.access.private) return [row([], "any", "add a row that is nobody's")];
  const reachable = bound.filter((column) => able.includes(column));
  if (reachable.length === 0) return [];
  const signedIn = persona.role === "authenticated" && a != null;
  return [
    row([], "all", "add a row in B's name"),
    ...(tellsOfOthers && bound.some(({ notNull }) => notNull)
      ? [row([], "all", "add a row in B's name", { spare: true })]
      : []),
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

/** Policies may refuse a full row for what stands in columns that need not be there. */
function asksOfOtherColumns({ access: { table } }: TableInput, bound: readonly AccessColumn[]): boolean {
  const texts = table.policies
    .filter(({ command }) => command === "a" || command === "*")
    .map(({ using, check }) => check ?? using ?? "");
  return table.columns.some(
    (column) =>
      (!bound.includes(column) || !column.notNull) && texts.some((text) => text.includes(column.name)),
  );
}

/** Columns in which the row that stands open differs from the ordinary one, keys apart. */
function shownColumns(
  { access: { table }, rows: { b, shown } }: TableInput,
  bound: readonly AccessColumn[],
): readonly AccessColumn[] {
  if (shown == null) return [];
  const keyed = new Set(table.constraints.flatMap(({ type, columns }) => (type === "c" ? [] : [...columns])));
  return table.columns.filter(
    (column) =>
      !bound.includes(column) &&
      !keyed.has(column.num) &&
      textOf(shown, table, column) !== textOf(b, table, column),
  );
}

/** A reference to B's row out of one's own tenant: the row stays where its tenant's column says. */
function isBeside({ access }: TableInput, foreign: readonly AccessColumn[], variant: string): boolean {
  const isTenant = ({ num }: AccessColumn): boolean =>
    /^(claim|shared)$/.test(access.bindings.get(num)?.kind ?? "");
  return (
    variant.startsWith("parent") &&
    access.parents.some((column) => isTenant(column) && !foreign.includes(column))
  );
}

/** Names another on purpose: whom a thing is sent to, shared with, given to. */
function isAddressee({ name }: AccessColumn): boolean {
  return /^(to|with|for)_|recipient|receiver|assigne|grantee|invit|shared|addressee|target|participant|attendee|follow(ing|ed)|friend|patient|client|customer|student/i.test(
    name,
  );
}
