import { insertProbes } from "./entry-probes.ts";
import type { Persona } from "./personas.ts";
import type { Probe, SeededRow, TableInput } from "./probe.ts";
import { base, harmlessColumns, mayTry, quote, render, textOf } from "./probe-sql.ts";
import { readProbes } from "./read-probes.ts";

/** Whose attempts must get through: who owns the rows, and who sees everything. */
export function isControl({ id }: Persona): boolean {
  return id === "b" || id.startsWith("b:") || id === "service_role";
}

/**
 * The same statements by somebody who may. A row that not even its owner reaches was made in a way that no policy lets
 * through, so that others are refused says nothing.
 */
export function assembleControls(
  input: TableInput,
  persona: Persona,
  theirs: SeededRow,
  /** User A's attempts without WHERE come to a row of A's own: changing and deleting needs no more. */
  ownTold = false,
): readonly Probe[] {
  const { access, usage } = input;
  const { table } = access;
  const may = (letter: string): boolean => mayTry(table, persona.role, letter, usage);
  const shared = { ...base(input, persona), control: true, form: "blind" } as const;
  const read = may("r")
    ? readProbes(input, persona).map((probe) => ({ ...probe, control: true }) as const)
    : [];
  if (persona.id === "service_role" || !access.private) return read;
  const [column] = harmlessColumns(input, persona.role);
  return [
    ...read,
    ...(!ownTold && may("w") && column != null
      ? [
          {
            ...shared,
            operation: "update",
            returns: false,
            statement: `update ${table.sql} set ${quote(column.name)} = ${render(textOf(theirs, table, column))}`,
            aim: "change their own row",
          } as const,
        ]
      : []),
    ...(!ownTold && may("d")
      ? [
          {
            ...shared,
            operation: "delete",
            returns: false,
            statement: `delete from ${table.sql}`,
            aim: "delete their own row",
          } as const,
        ]
      : []),
    ...(may("a")
      ? insertProbes(input, persona)
          .filter(({ variant }) => variant === "all")
          .map(
            ({ landed: _all, ...probe }) =>
              ({ ...probe, control: true, aim: "add a row of their own" }) as const,
          )
      : []),
  ];
}
