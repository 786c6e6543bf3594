import { randomBytes } from "node:crypto";
import { BeeError } from "../../core/bee-error.ts";
import { exitCodes } from "../../core/exit-code.ts";
import { type AccessCatalog, apiRoles } from "../../plan/access/access-catalog.ts";
import { foldFingerprint } from "../../plan/access/access-fingerprint.ts";
import { type Attempts, assembleAttempts } from "../../plan/access/assemble-attempts.ts";
import { groupObjects } from "../../plan/access/assemble-groups.ts";
import { assembleSeed, numberTables } from "../../plan/access/assemble-seed.ts";
import type { Tags } from "../../plan/access/column-values.ts";
import { entitleOwner } from "../../plan/access/entitle-owner.ts";
import { findMentions } from "../../plan/access/find-mentions.ts";
import { findOwners, noAccessSettings } from "../../plan/access/find-owners.ts";
import { forgePersonas } from "../../plan/access/forge-personas.ts";
import type { FunctionProbe } from "../../plan/access/function-probes.ts";
import { type IsolationReport, judgeIsolation } from "../../plan/access/judge-isolation.ts";
import { needsThird } from "../../plan/access/kept-apart.ts";
import { assemblePersonas, type Persona } from "../../plan/access/personas.ts";
import type { Probe } from "../../plan/access/probe.ts";
import { readWishes } from "../../plan/access/read-wishes.ts";
import { collectKeys, sharedValue, userId } from "../../plan/access/shared-value.ts";
import { splitSql } from "../../plan/sql-statements.ts";
import type { IsolationProver, IsolationRequest } from "../../ports/isolation-prover.ts";
import type { Database } from "../database.ts";
import fingerprintSql from "./access-fingerprint.sql";
import {
  type AccessSession,
  type ProbeRun,
  type ProbeStatement,
  type SeedProblem,
  withAccessSession,
} from "./access-session.ts";

export interface ProverOptions {
  /** How often a row is tried with other values. */
  readonly seedAttempts?: number;
  /** Tables whose rows stand at one time; by default as many as the server may lock, at most 400. */
  readonly groupSize?: number;
}

const defaultTimeoutMs = 120_000;

/** Three times this many tables take eight round trips. */
const mostAtOnce = 400;

/** Works as hosted's `postgres`: no superuser, but may become the API's roles and bypasses row security. */
export function createIsolationProver(database: Database, options: ProverOptions = {}): IsolationProver {
  const { seedAttempts = 40, groupSize } = options;
  return {
    prove: (request) =>
      withAccessSession(
        database,
        { statementTimeoutMs: request.timeoutMs ?? defaultTimeoutMs, seedAttempts },
        (session) => prove(session, request, groupSize),
      ),
    async fingerprint(schemas) {
      const [row] = await database.query<{ parts: Record<string, string> | null }>(fingerprintSql, [schemas]);
      return foldFingerprint(row?.parts ?? {});
    },
  };
}

async function prove(
  session: AccessSession,
  input: IsolationRequest,
  groupSize: number | undefined,
): Promise<IsolationReport> {
  const tags: Tags = { a: makeTag(), b: makeTag(), none: makeTag() };
  const catalog = await session.readCatalog(input.schemas, input.before);
  refuseUnusable(catalog);
  const access = findOwners(catalog, input.settings ?? noAccessSettings);
  const mentions = findMentions(catalog);
  const keys = collectKeys(access);
  const shared = sharedValue(tags, keys);
  const ordinary = assemblePersonas({ tags, access, keys, shared });
  const forgeries = forgePersonas({
    catalog,
    access,
    personas: ordinary,
    theirs: (key) => (keys.has(key) ? shared(key, "b") : null),
    userB: userId(tags, "b"),
  });
  const entitlements = entitleOwner({ catalog, access, mentions, b: personaOf(ordinary, "b") });
  const personas = [
    ...new Set([
      ...ordinary,
      ...forgeries.map(({ persona }) => persona),
      ...entitlements.map(({ persona }) => persona),
    ]),
  ];
  const wishes = readWishes(catalog);
  const third = needsThird(access);
  const serials = numberTables(catalog.relations);
  const groups = groupObjects(catalog, mentions, groupSize ?? Math.min(mostAtOnce, catalog.tablesAtOnce));
  const problems: SeedProblem[] = [];
  const attempts: Attempts[] = [];
  const moved = catalog.relations.some(({ hasTriggers }) => hasTriggers);
  const outcomes = await session.probe({
    users: (third ? (["a", "b", "none"] as const) : (["a", "b"] as const)).map((holder) => ({
      id: userId(tags, holder),
      email: `${tags[holder]}@example.invalid`,
    })),
    userColumns: catalog.userColumns,
    seedSql: input.seedSql == null ? null : renderSeed(input.seedSql, tags),
    personas,
    holders: holdersOf(ordinary),
    groups: groups.map((group) => ({
      sequences: group.sequences.map(({ sql }) => sql),
      tables: assembleSeed(group.seeded, {
        catalog,
        access,
        tags,
        third,
        serials,
        wishes,
        shared,
      }).tables.map((table) => ({
        ...table,
        moved,
      })),
      probes: ({ rows, problems: refused }) => {
        const probed = new Set([0, ...group.relations.map(({ oid }) => oid)]);
        problems.push(
          ...refused.filter(({ table, slot }) => slot !== "fresh" && slot !== "shown" && probed.has(table)),
        );
        const tried = assembleAttempts({
          catalog,
          access,
          mentions,
          personas: ordinary,
          group,
          rows,
          tags,
          forgeries,
          entitlements,
        });
        attempts.push(tried);
        return [
          ...tried.probes.map((probe) => probeStatement(probe, personas)),
          ...tried.calls.map((call) => callStatement(call, personas)),
          ...tried.objects.map(({ persona, statement }) => ({ p: personas.indexOf(persona), s: statement })),
        ];
      },
    })),
  });
  const further = (await input.also?.(session.query)) ?? [];
  return judgeIsolation({
    further,
    catalog,
    access,
    mentions,
    attempts,
    outcomes,
    problems,
    roundTrips: session.roundTrips(),
  });
}

/** Rows of nobody are made as by the service. */
function holdersOf(personas: readonly Persona[]): ProbeRun["holders"] {
  const settingsOf = (id: string) => personaOf(personas, id).settings;
  return { a: settingsOf("a"), b: settingsOf("b"), none: settingsOf("service_role") };
}

function personaOf(personas: readonly Persona[], id: string): Persona {
  const found = personas.find((persona) => persona.id === id);
  if (found == null) throw new Error(`no persona ${id}`);
  return found;
}

/** Eight hex digits, different each run: two runs at once make different users. */
function makeTag(): string {
  return randomBytes(4).toString("hex");
}

function probeStatement(probe: Probe, personas: readonly Persona[]): ProbeStatement {
  return {
    p: personas.indexOf(probe.persona),
    s: probe.statement,
    ...(probe.returns ? { r: true } : {}),
    ...(probe.before == null || probe.before === "" ? {} : { b: probe.before }),
    ...(probe.untouched == null ? {} : { a: probe.untouched }),
    ...(probe.landed == null ? {} : { c: probe.landed }),
    ...(probe.beside === true ? { v: personas.findIndex(({ id }) => id === "b") } : {}),
    ...(probe.deferred ? { i: true } : {}),
  };
}

function callStatement(call: FunctionProbe, personas: readonly Persona[]): ProbeStatement {
  return {
    p: personas.indexOf(call.persona),
    s: `select left(string_agg(r, E'\\n'), 8000) from (${call.statement} limit 50) x`,
    r: true,
    ...(call.untouched == null ? {} : { a: call.untouched }),
    ...(call.landed == null ? {} : { c: call.landed }),
  };
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

/** `$a` and `$b` stand for the two users' ids. It may not end the transaction, or its rows would remain. */
function renderSeed(sql: string, tags: Tags): string {
  const ending = splitSql(sql).find(({ kind }) => kind === "transaction-control");
  if (ending != null) {
    throw new BeeError({
      code: "BEE-E624",
      message: "The seed file begins or ends a transaction",
      detail: `${ending.sql.trim().slice(0, 80)}\nNothing was tried.`,
      hint: "Leave out begin, commit and rollback: its rows live in a transaction that is rolled back.",
      exit: exitCodes.usage,
    });
  }
  return sql.replaceAll("$a", userId(tags, "a")).replaceAll("$b", userId(tags, "b"));
}
