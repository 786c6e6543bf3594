import type { Finding } from "../../core/verdict.ts";
import type { AccessCatalog, AccessRelation } from "./access-catalog.ts";
import type { Attempts } from "./assemble-attempts.ts";
import type { TableAccess } from "./find-owners.ts";
import { refuseCall } from "./function-probes.ts";
import { judgeFunction, type TriedCall } from "./judge-functions.ts";
import { judgeObjects, leaveUnshown, type TriedObject } from "./judge-objects.ts";
import { type Denial, judgeTable, type ProbeOutcome, type Tried } from "./judge-probes.ts";
import { mayTry } from "./probe-sql.ts";

export interface Unverified {
  readonly subject: string;
  readonly why: string;
}

export interface IsolationReport {
  readonly findings: readonly Finding[];
  /** What was not tried, and why: never counts as passed. */
  readonly unverified: readonly Unverified[];
  readonly relations: number;
  readonly functions: number;
  readonly probes: number;
  readonly denials: Readonly<Record<Denial, number>>;
  readonly roundTrips: number;
}

export interface IsolationOutcome {
  readonly catalog: AccessCatalog;
  readonly access: ReadonlyMap<number, TableAccess>;
  readonly mentions: (text: string) => ReadonlySet<AccessRelation>;
  /** Per group what was tried, and the answers: first the probes', then the calls', then the objects'. */
  readonly attempts: readonly Attempts[];
  readonly outcomes: readonly (readonly ProbeOutcome[])[];
  readonly problems: readonly {
    readonly table: number;
    readonly slot: string;
    readonly why: string;
    readonly columns: readonly string[];
  }[];
  /** What the catalog alone shows. */
  readonly further: readonly Finding[];
  readonly roundTrips: number;
}

/** Everything that was tried, folded into findings and into what stays unproven. */
export function judgeIsolation(input: IsolationOutcome): IsolationReport {
  const { catalog, access, mentions, attempts, outcomes, problems, further, roundTrips } = input;
  const tried = new Map<number, Tried[]>();
  const calls = new Map<number, TriedCall[]>();
  const reachable = findReachable(input);
  const unverified: Unverified[] = problems
    .filter(({ table }) => table === 0 || reachable.has(table))
    .map((problem) => describeProblem(catalog, problem));
  const objects: TriedObject[] = [];
  const cutOff = new Set<string>();
  attempts.forEach((group, index) => {
    const answers = outcomes[index] ?? [];
    group.probes.forEach((probe, at) => {
      const outcome = answers[at];
      if (outcome == null) cutOff.add(nameOf(probe.relation));
      else push(tried, probe.relation.oid, { probe, outcome });
    });
    group.calls.forEach((probe, at) => {
      const outcome = answers[group.probes.length + at];
      if (outcome == null) cutOff.add(`${probe.fn.schema}.${probe.fn.name}`);
      else push(calls, probe.fn.oid, { probe, outcome });
    });
    group.objects.forEach((probe, at) => {
      const outcome = answers[group.probes.length + group.calls.length + at];
      if (outcome == null) cutOff.add(probe.subject);
      else objects.push({ probe, outcome });
    });
  });
  for (const subject of cutOff)
    unverified.push({
      subject,
      why: "the statement timeout ended the run before it was tried to the end; give it more with --timeout",
    });
  const readers = findMembershipTables(input);
  const judged = [...tried].map(([oid, list]) =>
    judgeTable(access.get(oid) ?? asView(catalog, oid), list, readers),
  );
  const findings: Finding[] = [...judged.flatMap((one) => one.findings), ...judgeObjects(objects)];
  const leaking = new Set(findings.filter(({ rule }) => rule === "rls-read").map(({ subject }) => subject));
  for (const list of calls.values()) {
    const fn = list[0]?.probe.fn;
    const below = new Set([...mentions(fn?.source ?? "")].map(nameOf).filter((name) => leaking.has(name)));
    const one = judgeFunction(list, below);
    findings.push(...one.findings);
    unverified.push(...one.unverified);
  }
  unverified.push(...judged.flatMap((one) => one.unverified), ...findUntried(input, new Set(tried.keys())));
  for (const fn of catalog.functions) {
    const why =
      fn.exposed && (fn.execute.includes("anon") || fn.execute.includes("authenticated"))
        ? refuseCall(fn)
        : null;
    if (why) unverified.push({ subject: `${fn.schema}.${fn.name}`, why });
  }
  const denials: Record<Denial, number> = {
    "no-grant": 0,
    "with-check": 0,
    "no-rows": 0,
    trigger: 0,
    error: 0,
  };
  for (const one of judged)
    for (const shape of Object.keys(denials) as Denial[]) denials[shape] += one.denials[shape];
  return {
    findings: [...findings, ...leaveUnshown(further, findings)],
    unverified: unique(unverified),
    relations: catalog.relations.filter(({ exposed }) => exposed).length,
    functions: catalog.functions.filter(({ exposed }) => exposed).length,
    probes: attempts.reduce(
      (sum, group) => sum + group.probes.length + group.calls.length + group.objects.length,
      0,
    ),
    denials,
    roundTrips,
  };
}

function push<Value>(map: Map<number, Value[]>, key: number, value: Value): void {
  const list = map.get(key);
  if (list == null) map.set(key, [value]);
  else list.push(value);
}

function nameOf({ schema, name }: { readonly schema: string; readonly name: string }): string {
  return `${schema}.${name}`;
}

function unique(list: readonly Unverified[]): readonly Unverified[] {
  return [...new Map(list.map((one) => [`${one.subject}\n${one.why}`, one])).values()];
}

function describeProblem(
  catalog: AccessCatalog,
  { table, slot, why, columns }: IsolationOutcome["problems"][number],
): Unverified {
  const relation = catalog.relations.find(({ oid }) => oid === table);
  const whose = slot === "none" ? "" : ` of user ${slot.toUpperCase()}`;
  const at = columns.length > 0 ? ` (column ${columns.join(", ")})` : "";
  return {
    subject: relation == null ? "the rows together" : nameOf(relation),
    why: `no row${whose} could be made${at}: ${why}`,
  };
}

/** A view judged as a table of somebody's rows: only such are tried. */
function asView(catalog: AccessCatalog, oid: number): TableAccess {
  const table = catalog.relations.find((relation) => relation.oid === oid);
  if (table == null) throw new Error("a relation that is not in the catalog was tried");
  return {
    table,
    bindings: new Map(),
    private: true,
    why: "it shows somebody's rows",
    public: false,
    owners: [],
    parents: [],
    readings: [],
    privileged: false,
    link: false,
  };
}

/** Tables that some caller of the API comes to: by a grant, by a view or by a function. A row elsewhere proves nothing. */
function findReachable({ catalog, mentions }: IsolationOutcome): ReadonlySet<number> {
  const granted = catalog.relations.filter((relation) => relation.exposed && isGranted(catalog, relation));
  const called = catalog.functions.filter(
    ({ exposed, execute }) => exposed && (execute.includes("anon") || execute.includes("authenticated")),
  );
  return new Set([
    ...granted.map(({ oid }) => oid),
    ...[...granted.map(({ definition }) => definition ?? ""), ...called.map(({ source }) => source)].flatMap(
      (text) => [...mentions(text)].map(({ oid }) => oid),
    ),
  ]);
}

function isGranted(catalog: AccessCatalog, relation: AccessRelation): boolean {
  return (["anon", "authenticated"] as const).some((role) =>
    ["r", "a", "w", "d"].some((letter) => mayTry(relation, role, letter, catalog.schemaUsage)),
  );
}

/** Relations that the API reaches and nothing was tried on, though somebody's rows lie in them. */
function findUntried(
  { catalog, access, mentions, problems }: IsolationOutcome,
  tried: ReadonlySet<number>,
): readonly Unverified[] {
  const told = new Set(problems.map(({ table }) => table));
  return catalog.relations
    .filter(({ exposed, oid, kind }) => exposed && kind !== "f" && !tried.has(oid) && !told.has(oid))
    .filter((relation) => isGranted(catalog, relation))
    .flatMap((relation) => {
      if (relation.kind === "r" || relation.kind === "p")
        return [{ subject: nameOf(relation), why: "no attempt fitted its grants" }];
      const below = [...mentions(relation.definition ?? "")].filter(
        ({ oid }) => access.get(oid)?.private === true && access.get(oid)?.public === false,
      );
      return below.length === 0
        ? []
        : [
            {
              subject: nameOf(relation),
              why: `no value of ${below.map(nameOf).join(", ")} could be told apart in it`,
            },
          ];
    });
}

/** Tables that other tables' policies look into, by functions too: a row there opens rows elsewhere. */
function findMembershipTables({ access, mentions }: IsolationOutcome): ReadonlySet<number> {
  return new Set(
    [...access.values()].flatMap(({ table }) =>
      [...mentions(table.policies.map(({ using, check }) => `${using ?? ""} ${check ?? ""}`).join(" "))]
        .map(({ oid }) => oid)
        .filter((oid) => oid !== table.oid && (access.get(oid)?.owners.length ?? 0) > 0),
    ),
  );
}
