import type { AccessCatalog, AccessRelation } from "./access-catalog.ts";
import type { AccessGroup } from "./assemble-groups.ts";
import { assembleTableProbes } from "./assemble-probes.ts";
import type { Tags } from "./column-values.ts";
import { assembleControls } from "./control-probes.ts";
import type { Entitlement } from "./entitle-owner.ts";
import type { TableAccess } from "./find-owners.ts";
import type { Forgery } from "./forge-personas.ts";
import { assembleFunctionProbes, type FunctionProbe } from "./function-probes.ts";
import { assembleObjectProbes, type ObjectProbe } from "./object-probes.ts";
import type { Persona } from "./personas.ts";
import type { Probe, SeededRows, TableInput } from "./probe.ts";
import { assembleViewProbes } from "./view-probes.ts";

export interface Attempts {
  readonly probes: readonly Probe[];
  readonly calls: readonly FunctionProbe[];
  readonly objects: readonly ObjectProbe[];
}

export interface AttemptsInput {
  readonly catalog: AccessCatalog;
  readonly access: ReadonlyMap<number, TableAccess>;
  readonly mentions: (text: string) => ReadonlySet<AccessRelation>;
  readonly personas: readonly Persona[];
  readonly forgeries: readonly Forgery[];
  readonly entitlements: readonly Entitlement[];
  readonly group: AccessGroup;
  readonly rows: SeededRows;
  readonly tags: Tags;
}

/** What is tried while one group's rows stand. */
export function assembleAttempts(input: AttemptsInput): Attempts {
  const { catalog, access, mentions, personas, forgeries, entitlements, group, rows, tags } = input;
  const usage = catalog.schemaUsage;
  const triggers = catalog.relations.some(({ hasTriggers }) => hasTriggers);
  const alike = ![...access.values()].some(({ privileged }) => privileged);
  const tablesOf = (text: string): readonly TableAccess[] =>
    [...mentions(text)].flatMap(({ oid }) => access.get(oid) ?? []);
  return {
    probes: group.relations.flatMap((relation): readonly Probe[] => {
      const own = access.get(relation.oid);
      const seeded = rows[String(relation.oid)];
      if (own != null && seeded != null) {
        const table: TableInput = {
          access: own,
          rows: seeded,
          personas: [
            ...personas,
            ...forgeries.flatMap(({ persona, tables }) => (tables.has(relation.oid) ? [persona] : [])),
          ],
          usage,
          mark: tags.b,
          triggers,
          alike,
          published: [...own.bindings.values()].some(
            (binding) => binding.kind === "parent" && rows[String(binding.table)]?.shown != null,
          ),
        };
        return [
          ...assembleTableProbes(table),
          ...entitlements.flatMap(({ persona, raise }) => {
            const before = raise(relation, rows);
            return before == null || seeded.b == null
              ? []
              : assembleControls(table, persona, seeded.b).map((probe) => ({ ...probe, before }));
          }),
        ];
      }
      if (relation.kind !== "v" && relation.kind !== "m") return [];
      const below = secretTables(tablesOf(relation.definition ?? ""));
      return assembleViewProbes({ view: relation, below, rows, personas, usage });
    }),
    calls: group.functions.flatMap((fn) =>
      assembleFunctionProbes({
        fn,
        catalog,
        tables: callTables(tablesOf(fn.source), fn.source, group, access),
        rows,
        personas,
        tags,
      }),
    ),
    objects: assembleObjectProbes({ catalog, group, personas, open: findOpen(access) }),
  };
}

/** Relations that everybody is meant to read. */
function findOpen(access: ReadonlyMap<number, TableAccess>): ReadonlySet<number> {
  return new Set([...access.values()].flatMap((one) => (one.public ? [one.table.oid] : [])));
}

/** Tables with rows of somebody that are not meant for everybody. */
function secretTables(tables: readonly TableAccess[]): readonly TableAccess[] {
  return tables.filter((table) => table.private && !table.public);
}

/** A function that puts its SQL together may come to any table. */
function callTables(
  named: readonly TableAccess[],
  source: string,
  { seeded }: AccessGroup,
  access: ReadonlyMap<number, TableAccess>,
): readonly TableAccess[] {
  if (!/\bexecute\b/i.test(source)) return named;
  const all = seeded.flatMap(({ oid }) => access.get(oid) ?? []);
  return [...new Set([...named, ...all.slice(0, 40)])];
}
