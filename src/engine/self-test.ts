import type { Verdict } from "../core/verdict.ts";
import { sha256 } from "../plan/digest.ts";
import type { EvidenceRecord } from "../plan/evidence-record.ts";
import type { GateResult } from "../plan/run-event.ts";
import { splitSql } from "../plan/sql-statements.ts";
import type { View } from "../plan/view.ts";
import type { DatabaseReader } from "../ports/database.ts";
import type { EvidenceLog } from "../ports/evidence-log.ts";
import type { FunctionArtifact } from "../ports/function-host.ts";
import type { Gate, GateContext, GatePorts, ProjectFacts } from "../ports/gate.ts";
import type { GateFixture, GateFixtures } from "../ports/gate-fixture.ts";
import type { IsolationProver } from "../ports/isolation-prover.ts";
import type { Clock } from "./clock.ts";
import { createProbeUsers } from "./probe-users.ts";
import { runGates } from "./run-gates.ts";
import { hideActual } from "./verify.ts";

type Ports = Omit<GatePorts, "users">;

export interface SelfTestInput {
  readonly gates: readonly Gate[];
  readonly fixtures: Readonly<Record<string, GateFixtures>>;
  /** The throw-away platform, with the project deployed. */
  readonly ports: Ports;
  /** The same adapters on a port where nothing listens. */
  readonly nowhere: Ports;
  readonly facts: ProjectFacts;
  readonly readView: () => Promise<View>;
  readonly note: (text: string) => void;
  readonly clock: Clock;
  readonly signal: AbortSignal;
  readonly timeoutMs?: number;
}

export interface FixtureResult {
  /** What was wrong in that world; null when the gate brings no such fixture. */
  readonly title: string | null;
  readonly verdict: Verdict | null;
  /** Why the fixture itself could not be set up. */
  readonly broken?: string;
  /** The gate said what it must. */
  readonly seen: boolean;
}

export interface SelfTestResult {
  readonly id: string;
  readonly title: string;
  /** Its verdict in the sound world. */
  readonly sound: Verdict["kind"];
  readonly blocks: FixtureResult;
  readonly inconclusive: FixtureResult;
}

/** Fixtures that only read the platform run side by side. */
const atOnce = 4;

/** Every gate in the sound world and in both of its own. What it finds in the sound world proves nothing. */
export async function selfTest(input: SelfTestInput): Promise<readonly SelfTestResult[]> {
  const view = await input.readView();
  input.note("asking every gate in the sound world");
  const sound = await ask(input, input.gates, contextOf(input, view, {}));
  const soundOf = (gate: Gate): Verdict | undefined => sound.find(({ id }) => id === gate.id)?.verdict;
  const jobs = input.gates.flatMap((gate) =>
    (["blocks", "inconclusive"] as const).map((kind) => ({
      gate,
      kind,
      fixture: input.fixtures[gate.id]?.[kind],
    })),
  );
  const results = new Map<string, FixtureResult>();
  const run = async ({ gate, kind, fixture }: (typeof jobs)[number]): Promise<void> => {
    if (fixture == null) return;
    const { title } = fixture;
    const answer = await tryFixture(input, view, gate, fixture).then(
      (verdict) => ({ verdict }),
      (error: unknown) => ({ verdict: null, broken: error instanceof Error ? error.message : String(error) }),
    );
    const seen =
      kind === "blocks" ? findsMore(answer.verdict, soundOf(gate)) : answer.verdict?.kind === "inconclusive";
    results.set(`${gate.id} ${kind}`, { title, ...answer, seen });
  };
  const apart = jobs.filter(({ gate, fixture }) => fixture?.functions != null || gate.alone === true);
  input.note("asking them in the worlds they must refuse");
  await runPool(
    jobs.filter((job) => !apart.includes(job)),
    run,
  );
  for (const job of apart) await run(job);
  const none: FixtureResult = { title: null, verdict: null, seen: false };
  return input.gates.map((gate) => ({
    id: gate.id,
    title: gate.title,
    sound: soundOf(gate)?.kind ?? "inconclusive",
    blocks: results.get(`${gate.id} blocks`) ?? none,
    inconclusive: results.get(`${gate.id} inconclusive`) ?? none,
  }));
}

/** It says no, and to something that it does not find in the sound world as well. */
function findsMore(verdict: Verdict | null, sound: Verdict | undefined): boolean {
  if (verdict?.kind !== "fail") return false;
  if (sound?.kind !== "fail") return true;
  return verdict.findings.some(({ key }) => !sound.findings.some((known) => known.key === key));
}

async function tryFixture(
  input: SelfTestInput,
  view: View,
  gate: Gate,
  fixture: GateFixture,
): Promise<Verdict | null> {
  const artifacts = (fixture.functions ?? []).map(({ slug, source, verifyJwt = false }) => {
    const bytes = Buffer.from(source);
    return { slug, bytes, sha256: sha256(bytes), verifyJwt };
  });
  await deployFunctions(input, artifacts);
  try {
    const seen =
      artifacts.length === 0
        ? view
        : { ...(await input.readView()), desired: { ...view.desired, functions: artifacts } };
    let broken: unknown = null;
    const context = contextOf(input, seen, fixture, (error) => {
      broken = error;
    });
    const [result] = await ask(input, [gate], context);
    // Its SQL does not run: what the gate made of that proves nothing.
    if (broken != null) throw broken;
    return result?.verdict ?? null;
  } finally {
    await restoreFunctions(input, view, artifacts);
  }
}

async function ask(
  input: SelfTestInput,
  gates: readonly Gate[],
  context: GateContext,
): Promise<readonly GateResult[]> {
  const { clock, timeoutMs = 30_000 } = input;
  return runGates({ gates, context, emit: () => undefined, clock, timeoutMs });
}

function contextOf(
  input: SelfTestInput,
  view: View,
  fixture: Partial<GateFixture>,
  onBroken: (error: unknown) => void = () => undefined,
): GateContext {
  const { facts, signal, nowhere } = input;
  const gone = fixture.unreachable ?? [];
  const lost = gone.filter((name) => name !== "actual");
  const reached: Ports = {
    ...input.ports,
    ...(fixture.sql == null
      ? {}
      : {
          database: withSql(input.ports.database, fixture.sql, onBroken),
          isolation: withFlaw(input.ports.isolation, fixture.sql),
        }),
    ...(fixture.evidence == null ? {} : { evidence: withRecords(input.ports.evidence, fixture.evidence) }),
  };
  const ports = { ...reached, ...Object.fromEntries(lost.map((name) => [name, nowhere[name]])) };
  const context: GateContext = {
    ports: { ...ports, users: createProbeUsers(ports.app, ports.database) },
    view: gone.includes("actual") ? hideActual(view.desired, new Error("the target does not answer")) : view,
    facts,
    activated: async () => undefined,
    signal,
  };
  return fixture.change?.(context) ?? context;
}

/** The flaw stands in every transaction the gate opens, and is rolled back with it. */
function withSql(database: DatabaseReader, sql: string, onBroken: (error: unknown) => void): DatabaseReader {
  const statements = splitSql(sql);
  const rehearse: DatabaseReader["rehearse"] = (work) =>
    database.rehearse(async (rehearsal) => {
      try {
        for (const statement of statements) await rehearsal.query(statement.sql);
      } catch (error) {
        onBroken(error);
        throw error;
      }
      return work(rehearsal);
    });
  return { rehearse, query: (asked, params) => rehearse(({ query }) => query(asked, params)) };
}

function withFlaw(prover: IsolationProver, sql: string): IsolationProver {
  return { ...prover, prove: (request) => prover.prove({ ...request, before: sql }) };
}

/** The fixture's records as the newest ones. */
function withRecords(
  log: Pick<EvidenceLog, "read">,
  records: NonNullable<GateFixture["evidence"]>,
): Pick<EvidenceLog, "read"> {
  const added = records.map(
    ({ kind, body }): EvidenceRecord => ({
      seq: Number.MAX_SAFE_INTEGER,
      at: new Date().toISOString(),
      kind,
      actor: "self-test",
      body,
      prior: null,
      sha256: "",
    }),
  );
  return {
    read: async (kinds, limit) =>
      [...added.filter(({ kind }) => kinds.includes(kind)), ...(await log.read(kinds, limit))].slice(
        0,
        limit,
      ),
  };
}

async function deployFunctions(
  { ports }: SelfTestInput,
  artifacts: readonly FunctionArtifact[],
): Promise<void> {
  if (artifacts.length === 0) return;
  const live = await ports.functions.list();
  const staged = await Promise.all(
    artifacts.map((one) => ports.functions.stage(one, live.find(({ slug }) => slug === one.slug) ?? null)),
  );
  await ports.functions.activate(staged);
}

/** The project's own functions again, and none besides. */
async function restoreFunctions(
  input: SelfTestInput,
  { desired }: View,
  artifacts: readonly FunctionArtifact[],
): Promise<void> {
  const own = (slug: string): FunctionArtifact | undefined =>
    desired.functions.find((one) => one.slug === slug);
  await deployFunctions(
    input,
    artifacts.flatMap(({ slug }) => own(slug) ?? []),
  );
  for (const { slug } of artifacts) if (own(slug) == null) await input.ports.functions.remove(slug);
}

async function runPool<T>(jobs: readonly T[], run: (job: T) => Promise<void>): Promise<void> {
  const waiting = [...jobs];
  const work = async (): Promise<void> => {
    for (let job = waiting.shift(); job !== undefined; job = waiting.shift()) await run(job);
  };
  await Promise.all(Array.from({ length: atOnce }, work));
}
