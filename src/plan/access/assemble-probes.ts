import type { AccessRelation, RelationKind } from "./access-catalog.ts";
import { assembleControls, isControl } from "./control-probes.ts";
import { insertProbes, moveProbes } from "./entry-probes.ts";
import type { Persona } from "./personas.ts";
import type { Probe, SeededRow, SeededTable, TableInput } from "./probe.ts";
import {
  base,
  granted,
  harmlessColumns,
  isLocated,
  mayTry,
  quote,
  render,
  rowCondition,
  textOf,
  theirRows,
} from "./probe-sql.ts";
import { readProbes, traceProbe } from "./read-probes.ts";

const probedKinds: readonly RelationKind[] = ["r", "p"];

/** Every way in to B's row of one table, for each persona. */
export function assembleTableProbes(input: TableInput): readonly Probe[] {
  const { access, rows, personas, usage } = input;
  const { table } = access;
  const theirs = rows.b ?? rows.none;
  if (!probedKinds.includes(table.kind) || theirs == null) return [];
  const may = (persona: Persona, letter: string): boolean => mayTry(table, persona.role, letter, usage);
  return personas.flatMap((persona): readonly Probe[] =>
    isControl(persona)
      ? assembleControls(input, persona, theirs, input.alike && rows.a != null && rows.turned == null)
      : [
          ...(may(persona, "r") ? readProbes(input, persona) : []),
          ...(may(persona, "r") && !access.private && input.triggers ? [traceProbe(input, persona)] : []),
          ...(may(persona, "w") ? updateProbes(input, persona, theirs) : []),
          ...(may(persona, "d") ? deleteProbes(input, persona, theirs) : []),
          ...(may(persona, "a") ? insertProbes(input, persona) : []),
        ],
  );
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
