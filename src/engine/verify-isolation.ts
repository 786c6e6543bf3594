import { BeeError } from "../core/bee-error.ts";
import { exitCodes } from "../core/exit-code.ts";
import type { Finding } from "../core/verdict.ts";
import { type AccessCatalog, type AccessRelation, apiRoles } from "../plan/access/access-catalog.ts";
import { assembleTableProbes, type Probe } from "../plan/access/assemble-probes.ts";
import { assembleSeed, collectKeys, sharedValue, userId } from "../plan/access/assemble-seed.ts";
import type { Tags } from "../plan/access/column-values.ts";
import {
  type AccessSettings,
  findOwners,
  noAccessSettings,
  type TableAccess,
} from "../plan/access/find-owners.ts";
import { type Denial, judgeTable, type ProbeOutcome } from "../plan/access/judge-probes.ts";
import { assemblePersonas, type Persona } from "../plan/access/personas.ts";
import type { AccessProber, ProbeStatement, SeedAnswer, SeedProblem } from "../ports/access-prober.ts";

export interface IsolationInput {
  readonly prober: AccessProber;
  readonly schemas: readonly string[];
  readonly settings?: AccessSettings;
  readonly seedSql?: string;
  /** Eight hex digits, three times, different each run. */
  readonly tags: Tags;
  readonly groupSize?: number;
}

export interface IsolationReport {
  readonly findings: readonly Finding[];
  /** What was not tried, and why: never counts as passed. */
  readonly unverified: readonly { readonly subject: string; readonly why: string }[];
  readonly relations: number;
  readonly functions: number;
  readonly probes: number;
  readonly denials: Readonly<Record<Denial, number>>;
  readonly roundTrips: number;
}

/** Rows of two users in every table, then every way to the other's rows; one transaction that is rolled back. */
export async function verifyIsolation(input: IsolationInput): Promise<IsolationReport> {
  return input.prober.within(async (session) => {
    const catalog = await session.readCatalog(input.schemas);
    refuseUnusable(catalog);
    const access = findOwners(catalog, input.settings ?? noAccessSettings);
    const keys = collectKeys(access);
    const shared = sharedValue(input.tags, keys);
    const personas = assemblePersonas({ tags: input.tags, access, keys, shared });
    const groups = groupTables(catalog, input.groupSize ?? 250);
    const problems: SeedProblem[] = [];
    const plans: { probes: readonly Probe[] }[] = [];
    const hasTriggers = catalog.relations.some((relation) => relation.hasTriggers);
    const outcomes = await session.probe({
      users: (["a", "b"] as const).map((holder) => ({
        id: userId(input.tags, holder),
        email: `${input.tags[holder]}@example.invalid`,
      })),
      userColumns: catalog.userColumns,
      seedSql: input.seedSql ?? null,
      personas,
      groups: groups.map(({ seeded, probed }) => ({
        tables: assembleSeed(seeded, { catalog, access, tags: input.tags, shared }).tables.map((table) => ({
          ...table,
          moved: hasTriggers,
        })),
        probes: (answer) => {
          problems.push(
            ...answer.problems.filter(
              ({ table, slot }) => slot !== "fresh" && probed.some(({ oid }) => oid === table),
            ),
          );
          const probes = assembleGroup({ catalog, access, personas, probed, answer, mark: input.tags.b });
          plans.push({ probes });
          return probes.map((probe) => toStatement(probe, personas));
        },
      })),
    });
    return judge({ catalog, access, plans, outcomes, problems, roundTrips: session.roundTrips() });
  });
}

function refuseUnusable(catalog: AccessCatalog): void {
  const missing = apiRoles.filter((role) => catalog.roles[role] == null);
  if (missing.length > 0) {
    throw new BeeError({
      code: "BEE-E620",
      message: `The database has no role ${missing.join(", ")}`,
      detail: "Nothing was tried. Data isolation is proven for the roles that Supabase's API comes in as.",
      hint: `create role ${missing[0]} nologin; or name a database of a Supabase project.`,
      exit: exitCodes.inconclusive,
    });
  }
  const closed = apiRoles.filter((role) => catalog.roles[role] === false);
  if (closed.length > 0) {
    throw new BeeError({
      code: "BEE-E621",
      message: `${catalog.login} may not become ${closed.join(", ")}`,
      detail: "Nothing was tried.",
      hint: `As a role that may: grant ${closed.join(", ")} to ${catalog.login};`,
      exit: exitCodes.unauthorised,
    });
  }
  if (!catalog.bypassesRls) {
    throw new BeeError({
      code: "BEE-E622",
      message: `${catalog.login} does not bypass row security, so it cannot make rows of others or see what became of them`,
      detail: "Nothing was tried.",
      hint: `Connect as postgres, or: alter role ${catalog.login} bypassrls;`,
      exit: exitCodes.unauthorised,
    });
  }
  if (catalog.missingSchemas.length > 0) {
    throw new BeeError({
      code: "BEE-E623",
      message: `The database has no schema ${catalog.missingSchemas.join(", ")}`,
      hint: "Name the exposed schemas with --schema, by comma.",
      exit: exitCodes.usage,
    });
  }
}

interface Group {
  readonly seeded: readonly AccessRelation[];
  readonly probed: readonly AccessRelation[];
}

/** All at once when they are few; else slices, each with the tables its foreign keys lead to. */
function groupTables(catalog: AccessCatalog, size: number): readonly Group[] {
  const tables = catalog.relations.filter(({ kind }) => kind === "r" || kind === "p");
  const exposed = catalog.relations.filter((relation) => relation.exposed);
  if (tables.length <= size) return [{ seeded: tables, probed: exposed }];
  const byOid = new Map(tables.map((table) => [table.oid, table]));
  const groups: Group[] = [];
  for (let from = 0; from < exposed.length; from += size) {
    const probed = exposed.slice(from, from + size);
    const seeded = new Set<AccessRelation>();
    const add = (table: AccessRelation | undefined): void => {
      if (table == null || seeded.has(table)) return;
      seeded.add(table);
      for (const { target } of table.constraints) if (target != null) add(byOid.get(target));
    };
    for (const relation of probed) add(byOid.get(relation.oid));
    groups.push({ seeded: [...seeded], probed });
  }
  return groups;
}

interface GroupInput {
  readonly catalog: AccessCatalog;
  readonly access: ReadonlyMap<number, TableAccess>;
  readonly personas: readonly Persona[];
  readonly probed: readonly AccessRelation[];
  readonly answer: SeedAnswer;
  readonly mark: string;
}

function assembleGroup({ catalog, access, personas, probed, answer, mark }: GroupInput): readonly Probe[] {
  return probed.flatMap((relation) => {
    const own = access.get(relation.oid);
    const rows = answer.rows[String(relation.oid)];
    if (own == null || rows == null) return [];
    return assembleTableProbes({ access: own, rows, personas, usage: catalog.schemaUsage, mark });
  });
}

function toStatement(probe: Probe, personas: readonly Persona[]): ProbeStatement {
  return {
    p: personas.indexOf(probe.persona),
    s: probe.statement,
    ...(probe.returns ? { r: true } : {}),
    ...(probe.before == null ? {} : { b: probe.before }),
    ...(probe.untouched == null ? {} : { a: probe.untouched }),
    ...(probe.landed == null ? {} : { c: probe.landed }),
    ...(probe.deferred ? { i: true } : {}),
  };
}

interface JudgeInput {
  readonly catalog: AccessCatalog;
  readonly access: ReadonlyMap<number, TableAccess>;
  readonly plans: readonly { readonly probes: readonly Probe[] }[];
  readonly outcomes: readonly (readonly ProbeOutcome[])[];
  readonly problems: readonly SeedProblem[];
  readonly roundTrips: number;
}

function judge(input: JudgeInput): IsolationReport {
  const { catalog, access, plans, outcomes, problems } = input;
  const tried = plans.flatMap(({ probes }, group) =>
    probes.flatMap((probe, index) => {
      const outcome = outcomes[group]?.[index];
      if (outcome == null) throw new Error("the database left an attempt unanswered");
      return [{ probe, outcome }];
    }),
  );
  const byTable = new Map<number, (typeof tried)[number][]>();
  for (const one of tried) {
    const { oid } = one.probe.relation;
    byTable.set(oid, [...(byTable.get(oid) ?? []), one]);
  }
  const readers = findMembershipTables(access);
  const judged = [...byTable].flatMap(([oid, attempts]) => {
    const own = access.get(oid);
    return own == null ? [] : [judgeTable(own, attempts, readers)];
  });
  const denials: Record<Denial, number> = {
    "no-grant": 0,
    "with-check": 0,
    "no-rows": 0,
    trigger: 0,
    error: 0,
  };
  for (const one of judged)
    for (const [shape, count] of Object.entries(one.denials)) denials[shape as Denial] += count;
  const exposed = catalog.relations.filter((relation) => relation.exposed);
  return {
    findings: judged.flatMap(({ findings }) => findings),
    unverified: [
      ...problems.map(({ table, slot, why, columns }) => {
        const relation = catalog.relations.find(({ oid }) => oid === table);
        return {
          subject: relation == null ? "the rows together" : `${relation.schema}.${relation.name}`,
          why: `no row of ${slot === "none" ? "it" : `user ${slot.toUpperCase()}`} could be made${columns.length > 0 ? ` (column ${columns.join(", ")})` : ""}: ${why}`,
        };
      }),
      ...judged.flatMap(({ unverified }) => unverified),
    ],
    relations: exposed.length,
    functions: catalog.functions.filter((one) => one.exposed).length,
    probes: tried.length,
    denials,
    roundTrips: input.roundTrips,
  };
}

/** Tables that other tables' policies look into: a row there opens rows elsewhere. */
function findMembershipTables(access: ReadonlyMap<number, TableAccess>): ReadonlySet<number> {
  const names = new Map(
    [...access.values()].map(({ table }) => [`${table.schema}.${table.name}`, table.oid]),
  );
  return new Set(
    [...access.values()].flatMap(({ table, readings }) =>
      readings
        .flatMap(({ aliases }) => [...aliases.values()].flatMap((name) => names.get(name) ?? []))
        .filter((oid) => oid !== table.oid),
    ),
  );
}
