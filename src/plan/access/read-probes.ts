import type { Persona } from "./personas.ts";
import type { Probe, TableInput } from "./probe.ts";
import { base, granted, quote, rowCondition } from "./probe-sql.ts";

/** B's row, and the one that stands open to what policies ask of its columns, each by itself. */
export function readProbes(input: TableInput, persona: Persona): readonly Probe[] {
  const { table, private: isPrivate } = input.access;
  const { b, none, turned, shown } = input.rows;
  const readable = granted(table, persona.role, "r");
  const columns = readable.map(({ name }) => quote(name)).join(", ");
  const marked = `select count(*) from (select ${columns} from ${table.sql}) r where strpos(r::text, '${input.mark}') > 0`;
  return ([b ?? none, turned, shown] as const).flatMap((row, index): readonly Probe[] => {
    const condition = row == null ? null : rowCondition(table, row, readable);
    // Without a key the mark finds either row.
    if (row == null || (condition == null && index > 0)) return [];
    return [
      {
        ...base(input, persona),
        operation: "select",
        form: "plain",
        returns: true,
        statement: condition == null ? marked : `select count(*) from ${table.sql} where ${condition}`,
        aim: isPrivate ? "read B's row" : "read a row",
        ...(index === 2 ? { variant: "shown" } : {}),
      },
    ];
  });
}

/** Rows that nobody owns, with data of B in them all the same. */
export function traceProbe(input: TableInput, persona: Persona): Probe {
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
