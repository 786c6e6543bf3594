import type { AccessColumn, AccessRelation } from "./access-catalog.ts";
import type { SeedContext } from "./assemble-seed.ts";
import { columnValues, type Holder, literal } from "./column-values.ts";
import type { Binding } from "./find-owners.ts";
import { keepsApart } from "./kept-apart.ts";
import { userId } from "./shared-value.ts";

interface BoundInput {
  readonly table: AccessRelation;
  readonly column: AccessColumn;
  readonly binding: Binding;
  readonly holder: Holder;
  readonly cut: ReadonlySet<string>;
  readonly context: SeedContext;
  readonly own: () => readonly string[];
  readonly later: { column: string; table: number; at: number }[];
  readonly first: boolean;
  readonly turned: boolean;
}

/** Expressions to try for a column that says whose row it is, or leads to such a row. */
export function boundValues(input: BoundInput): readonly string[] {
  const { table, column, binding, holder, cut, context, own, later, first, turned } = input;
  switch (binding.kind) {
    case "user": {
      const id = literal(userId(context.tags, holder));
      if (binding.array || column.array) return [`array[${id}]::${column.base}[]`];
      const whose = context.access.get(table.oid);
      const apart =
        whose == null ? undefined : keepsApart(whose).find(({ columns }) => columns.includes(column.num));
      if (apart == null) return [id];
      const third = literal(userId(context.tags, "none"));
      // The odometer begins at the end: the first column keeps its user, but for a row that is turned.
      return turned ? [column.num === apart.columns[0] ? third : id] : [id, third];
    }
    case "claim":
    case "shared": {
      const one = literal(context.shared(binding.key, holder, column.base));
      return [column.array ? `array[${one}]::${column.base}[]` : one];
    }
    case "parent": {
      const target = context.catalog.relations.find(({ oid }) => oid === binding.table);
      const index = target?.columns.findIndex(({ num }) => num === binding.column) ?? -1;
      const key = table.constraints.find(
        ({ type, columns, target: to }) =>
          type === "f" && to === binding.table && columns.includes(column.num),
      );
      const isCut = key != null && cut.has(`${table.oid}:${key.name}`);
      if (binding.table === table.oid || (isCut && !column.notNull)) {
        if (binding.table !== table.oid && first)
          later.push({ column: column.name, table: binding.table, at: index });
        if (!column.notNull) return ["null"];
      }
      const ahead = target?.columns[index];
      // A row that is not there yet: the value it will have, as its own seed says.
      const fallback = ahead == null || !isCut ? "" : aheadValue(target, ahead, holder, context);
      return [
        `@${binding.table}:${index}:${fallback}`,
        ...(column.notNull ? [] : ["null"]),
        ...(binding.table === table.oid ? own() : []),
      ];
    }
  }
}

function aheadValue(
  target: AccessRelation | undefined,
  column: AccessColumn,
  holder: Holder,
  context: SeedContext,
): string {
  if (target == null) return "";
  const access = context.access.get(target.oid);
  const binding = access?.bindings.get(column.num);
  if (binding?.kind === "user") return literal(userId(context.tags, holder));
  const mark = {
    tag: context.tags[access?.private === true ? holder : "none"],
    serial: (context.serials.get(target.oid) ?? 16) + column.num * 4,
  };
  return (
    columnValues({ ...column, hasDefault: false, serial: false }, target, context.catalog, mark)[0] ?? ""
  );
}
