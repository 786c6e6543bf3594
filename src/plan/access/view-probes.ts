import type { AccessRelation, ApiRole } from "./access-catalog.ts";
import { literal } from "./column-values.ts";
import { isControl } from "./control-probes.ts";
import type { TableAccess } from "./find-owners.ts";
import type { Persona } from "./personas.ts";
import type { Probe, SeededRows } from "./probe.ts";
import { granted, keyCondition, mayTry, quote } from "./probe-sql.ts";
import { raiseRow } from "./raise-row.ts";

export interface ViewInput {
  readonly view: AccessRelation;
  /** Tables below it that hold somebody's rows which are not for everybody. */
  readonly below: readonly TableAccess[];
  readonly rows: SeededRows;
  readonly personas: readonly Persona[];
  readonly usage: Readonly<Record<string, readonly ApiRole[]>>;
}

/** Values that only B's rows of these tables hold. Numbers count when they are too odd to come by chance. */
export function marksOf(
  below: readonly TableAccess[],
  rows: SeededRows,
  others: readonly string[] = [],
): readonly string[] {
  const of = (slot: "a" | "b"): readonly string[] =>
    below.flatMap(({ table }) =>
      (rows[String(table.oid)]?.[slot]?.values ?? []).filter((value): value is string => value != null),
    );
  const own = new Set(of("a"));
  const odd = of("b").filter(
    (value) =>
      /^\d{9,10}$/.test(value) || (value.length >= 8 && value.length <= 80 && /[0-9a-f]{8}/.test(value)),
  );
  return [...new Set(odd)].filter((value) => !own.has(value) && !others.includes(value));
}

export function assembleViewProbes(input: ViewInput): readonly Probe[] {
  const { view, below, rows, personas, usage } = input;
  const marks = marksOf(below, rows);
  if (marks.length === 0) return [];
  const raised = below.flatMap(
    ({ table }) => raiseRow(table, view.definition ?? "", rows, 0)?.statement ?? [],
  );
  const pattern = marks.map((mark) => mark.replace(/[.*+?^${}()|[\]\\]/g, "\\$&")).join("|");
  return personas.flatMap((persona): readonly Probe[] => {
    const may = (letter: string): boolean => mayTry(view, persona.role, letter, usage);
    const control = isControl(persona);
    const nums = view.columnGrants[persona.role]?.["r"];
    const columns =
      view.grants[persona.role]?.includes("r") === true || nums == null
        ? "*"
        : view.columns
            .filter(({ num }) => nums.includes(num))
            .map(({ name }) => quote(name))
            .join(", ");
    const shared = {
      relation: view,
      persona,
      deferred: false,
      ...(control ? ({ control: true } as const) : {}),
    } as const;
    const refresh = view.kind === "m" ? [`refresh materialized view ${view.sql}`] : [];
    const read = (raise: readonly string[]): Probe => ({
      ...shared,
      operation: "select",
      form: "plain",
      returns: true,
      statement: `select count(*) from (select ${columns} from ${view.sql}) r where r::text ~ ${literal(pattern)}`,
      ...(raise.length + refresh.length > 0 ? { before: [...raise, ...refresh].join("; ") } : {}),
      aim: "read B's row",
      ...(raise.length > 0 ? { variant: "raised" } : {}),
    });
    const reads: readonly Probe[] = !may("r")
      ? []
      : raised.length === 0
        ? [read([])]
        : [read([]), read(raised), ...(control ? [] : openReads(input, persona, raised))];
    return control || view.kind !== "v" ? reads : [...reads, ...writeProbes(input, persona, may)];
  });
}

/** The same row by the tables themselves: what their policies publish, the view may show. */
function openReads(
  { view, below, rows, usage }: ViewInput,
  persona: Persona,
  raised: readonly string[],
): readonly Probe[] {
  return below.flatMap(({ table }): readonly Probe[] => {
    const row = rows[String(table.oid)]?.b;
    const condition = row == null ? null : keyCondition(table, row, granted(table, persona.role, "r"));
    if (condition == null || !mayTry(table, persona.role, "r", usage)) return [];
    return [
      {
        relation: view,
        persona,
        deferred: false,
        operation: "select",
        form: "plain",
        returns: true,
        statement: `select count(*) from ${table.sql} where ${condition}`,
        before: raised.join("; "),
        aim: "read B's row in the table",
        variant: "published",
        control: true,
      },
    ];
  });
}

/** A view over one table may pass writes on to it, with the rights of the view's owner. */
function writeProbes(
  { view, below, rows }: ViewInput,
  persona: Persona,
  may: (letter: string) => boolean,
): readonly Probe[] {
  const [base] = below;
  const theirs = base == null ? undefined : rows[String(base.table.oid)]?.b;
  if (base == null || theirs == null || below.length > 1) return [];
  const keyed = new Set(
    base.table.constraints.flatMap(({ type, columns }) => (type === "c" ? [] : [...columns])),
  );
  const own = rows[String(base.table.oid)]?.a ?? theirs;
  const column = base.table.columns.find(
    ({ num, name, generated }) =>
      !generated &&
      !keyed.has(num) &&
      !base.bindings.has(num) &&
      view.columns.some((one) => one.name === name),
  );
  const value = column == null ? null : (own.values[base.table.columns.indexOf(column)] ?? null);
  const shared = {
    relation: view,
    persona,
    deferred: false,
    form: "blind",
    returns: false,
    untouched: `select count(*) from ${base.table.sql} where ctid = '${theirs.ctid}' and tableoid = ${theirs.table}`,
    standing: 1,
  } as const;
  return [
    ...(may("w") && column != null
      ? [
          {
            ...shared,
            operation: "update",
            statement: `update ${view.sql} set ${quote(column.name)} = ${value == null ? "null" : literal(value)}`,
            aim: "change B's row",
          } as const,
        ]
      : []),
    ...(may("d")
      ? [
          {
            ...shared,
            operation: "delete",
            statement: `delete from ${view.sql}`,
            aim: "delete B's row",
          } as const,
        ]
      : []),
  ];
}
