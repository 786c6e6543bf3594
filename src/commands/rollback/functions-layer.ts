import { randomUUID } from "node:crypto";
import { BeeError } from "../../core/bee-error.ts";
import { type ExitCode, exitCodes } from "../../core/exit-code.ts";
import { deploy } from "../../engine/deploy.ts";
import { lockTtlMs } from "../../engine/with-lock.ts";
import { gates } from "../../gates/index.ts";
import {
  assembleRestore,
  chooseRestore,
  type FunctionRestore,
  hasFunctions,
  sameFunctions,
  switchedOffMark,
} from "../../plan/assemble-restore.ts";
import { assembleTargetMigrations } from "../../plan/assemble-target-migrations.ts";
import type { FunctionArtifact } from "../../plan/deployed-function.ts";
import { findNarrowing, type Narrowing } from "../../plan/find-narrowing.ts";
import { killSwitch } from "../../plan/kill-switch.ts";
import type { Phase } from "../../plan/phase.ts";
import type { Release } from "../../plan/release.ts";
import { renderIntent } from "../../plan/rollback-intent.ts";
import type { Actual, Desired } from "../../plan/view.ts";
import { steps } from "../../steps/index.ts";
import { readRevision } from "../../tools/git-revision.ts";
import { readView } from "../read-view.ts";
import { reportError, reportGate, reportStep } from "../report-outcome.ts";
import type { Target } from "../target.ts";
import type { Layer, LayerOutcome, LayerRequest, WayBack } from "./layer.ts";
import { rollbackFacts } from "./rollback-facts.ts";

/** The plan's budget for functions (rollback plan: "immediate", under 5 minutes). */
const budgetMs = 5 * 60_000;

/** The same engine as a deploy: a rollback is a plan assembled from the release ledger. */
const phase: Phase = {
  id: "rollback functions",
  title: "Bring back the functions of a release",
  gatesBefore: [],
  steps: ["functions.stage", "functions.activate"],
  gatesAfter: ["functions-boot", "callers-verified", "momentum-smoke", "kill-switch-answers"],
};

interface FunctionsLayerOptions {
  /** Versions of migrations that older functions may not survive, accepted by name. */
  readonly cross: readonly string[];
  /** The database goes back as well, so that nothing is crossed. */
  readonly databaseFollows?: boolean;
}

/** Null when they are live and recorded. The exact bytes and settings of a release, live and proven again; what it did not have is switched off. */
export function createFunctionsLayer({ cross, databaseFollows = false }: FunctionsLayerOptions): Layer {
  return {
    name: "functions",
    async prepare(request) {
      const { target, releases, project } = request;
      const nothing: Desired = {
        projectName: project.config.name,
        migrations: [],
        functions: [],
        secrets: [],
      };
      if (releases.length === 0) throw noRelease();
      const { actual } = await readView(target, nothing, ["public"]);
      const to = request.to ?? (request.underway ?? { to: chooseRestore(releases, actual) }).to;
      const [newest] = releases;
      if (to != null && newest != null && sameFunctions(to, newest) && hasFunctions(actual, newest))
        return null;
      const restore = assembleRestore(to, releases, actual);
      const desired = { ...nothing, ...(await assembleDesired(restore, releases, actual, target)) };
      const crossed = findCrossed(restore, actual);
      const way = describeWay(restore, desired, request);
      if (databaseFollows) return crossed.length === 0 ? way : { ...way, after: "database" };
      return { ...way, refusals: crossed.filter(({ version }) => !cross.includes(version)).map(refuse) };
    },
  };
}

/** Migrations the release does not know, which take something away from its functions. */
function findCrossed({ to }: FunctionRestore, { history }: Actual): readonly Narrowing[] {
  if (to == null) return [];
  const known = new Set(to.migrations.map(({ version }) => version));
  return findNarrowing(history.filter(({ version }) => !known.has(version)));
}

/** The bundles come from the ledger, so a checkout of any revision, or of none, will do. */
async function assembleDesired(
  restore: FunctionRestore,
  releases: readonly Release[],
  actual: Actual,
  target: Target,
): Promise<Pick<Desired, "migrations" | "functions" | "secrets">> {
  const restored = await Promise.all(
    restore.restored.map(async ({ slug, bundleSha256, verifyJwt }): Promise<FunctionArtifact> => {
      const bytes = await target.ports.ledger.readBundle(bundleSha256);
      if (bytes == null) throw prunedBundle(slug, restore.to?.id ?? "");
      return { slug, bytes, sha256: bundleSha256, verifyJwt };
    }),
  );
  const off = restore.switchedOff.map(({ slug, verifyJwt }) => killSwitch(slug, verifyJwt));
  return {
    functions: [...restored, ...off],
    migrations: assembleTargetMigrations(actual.history, releases),
    secrets: (restore.to?.secrets ?? []).flatMap(({ name }) => {
      const sha256 = actual.secretDigests.get(name);
      return sha256 == null ? [] : [{ name, sha256 }];
    }),
  };
}

function describeWay(restore: FunctionRestore, desired: Desired, request: LayerRequest): WayBack {
  return {
    layer: "functions",
    change: restore.to == null ? "switch the functions off" : `bring back the functions of ${restore.to.id}`,
    facts: describeRestore(restore).map((line) => ["functions", line] as const),
    data: {
      to: restore.to?.id ?? null,
      restored: restore.restored.map(({ slug }) => slug),
      switchedOff: restore.switchedOff.map(({ slug }) => slug),
      changedSecrets: restore.changedSecrets,
    },
    lost: [],
    refusals: [],
    budgetMs,
    apply: () => apply(restore, desired, request),
  };
}

function refuse({ version, statement }: Narrowing): WayBack["refusals"][number] {
  return {
    detail: `${version} came after that release and its functions may not survive it: ${statement}`,
    fix: `Take the database back too: bee rollback, or accept it by naming it: --cross ${version}`,
  };
}

async function apply(
  restore: FunctionRestore,
  desired: Desired,
  { target, ctx, project }: LayerRequest,
): Promise<LayerOutcome> {
  for (const text of describeRestore(restore)) ctx.emit({ type: "note", text });
  const outcome = await deploy({
    run: randomUUID(),
    phase,
    targetName: target.name,
    steps: steps.filter(({ id }) => phase.steps.includes(id)),
    gates,
    ports: target.ports,
    lock: target.lock,
    lockTtlMs,
    journal: ctx.journal(project, target.name),
    readView: () => readView(target, desired, ["public"]),
    facts: rollbackFacts,
    secretValues: new Map(),
    actor: ctx.actor,
    readRevision: () => readRevision(project.root),
    tools: { bee: ctx.version, node: process.version },
    emit: ctx.emit,
    clock: ctx.clock,
    signal: ctx.signal,
    strict: target.guarded,
    onRefusal: "keep",
    restores: restore.to?.id ?? switchedOffMark,
    message: renderIntent("functions", restore.to),
    confirm: async () => undefined,
  });
  const exitCode: ExitCode =
    outcome.exitCode === exitCodes.refused ? exitCodes.rollbackFailed : outcome.exitCode;
  return {
    exitCode,
    state: outcome.state,
    facts: [],
    data: { release: outcome.release?.id ?? null },
    steps: outcome.steps.map(reportStep),
    gates: outcome.gates.map(reportGate),
    ...(outcome.error == null ? {} : { error: reportError(outcome.error) }),
  };
}

function describeRestore({ to, restored, switchedOff, changedSecrets }: FunctionRestore): readonly string[] {
  const lines: string[] = [];
  if (to != null)
    lines.push(`back to ${to.id} of ${to.recordedAt}: ${restored.map(({ slug }) => slug).join(", ")}`);
  if (switchedOff.length > 0) {
    lines.push(`switched off (503), no prior version: ${switchedOff.map(({ slug }) => slug).join(", ")}`);
  }
  if (changedSecrets.length > 0) {
    lines.push(`secrets changed since, not brought back: ${changedSecrets.join(", ")}`);
  }
  return lines;
}

function noRelease(): BeeError {
  return new BeeError({
    code: "BEE-E524",
    message: "There is nothing to go back to: the ledger holds no release.",
    detail: "nothing was changed",
    hint: "Deploy first: bee deploy phase1",
    exit: exitCodes.usage,
  });
}

function prunedBundle(slug: string, release: string): BeeError {
  return new BeeError({
    code: "BEE-E523",
    message: `The bundle of ${slug} in release ${release} is no longer kept.`,
    detail: "nothing was changed",
    hint: "Take a newer release (bee releases), or deploy that revision: git checkout <commit> && bee deploy phase1",
    exit: exitCodes.usage,
  });
}
