import * as z from "zod";
import { BeeError } from "../../core/bee-error.ts";
import { type ExitCode, exitCodes } from "../../core/exit-code.ts";
import { judgeGates, letsPass } from "../../engine/run-gates.ts";
import { formatDuration } from "../../output/format-duration.ts";
import type { Report, ReportedError, ReportedGate, ReportedStep } from "../../output/report.ts";
import { chooseWholeRestore } from "../../plan/assemble-restore.ts";
import { describeDrill, readLastDrill } from "../../plan/drill.ts";
import type { Release } from "../../plan/release.ts";
import { type Consent, confirmChange } from "../confirm-target.ts";
import type { CommandContext } from "../context.ts";
import { parseFlags, splitList, targetFlags } from "../flags.ts";
import { reportError, reportGate } from "../report-outcome.ts";
import { createAppLayer } from "./app-layer.ts";
import { createDatabaseLayer } from "./database-layer.ts";
import { runDrill } from "./drill.ts";
import { createFunctionsLayer } from "./functions-layer.ts";
import { createInfraLayer } from "./infra-layer.ts";
import type { Layer, LayerName, LayerRequest, WayBack } from "./layer.ts";
import { withRollback } from "./open-rollback.ts";
import { orderWays } from "./order-ways.ts";
import { proveWhole } from "./prove-whole.ts";
import { describeWay, renderRefusals } from "./run-layer.ts";

const schema = z.strictObject({
  ...targetFlags,
  to: z.string().optional(),
  lose: z.string().optional(),
  cross: z.string().optional(),
  check: z.boolean().default(false),
  drill: z.boolean().default(false),
  yes: z.boolean().default(false),
  confirm: z.string().optional(),
});

/** A layer that goes back, one that has nothing to, or why one cannot. */
type Prepared =
  | { readonly layer: LayerName; readonly way: WayBack }
  | {
      readonly layer: LayerName;
      readonly way: null;
      readonly error?: ReportedError;
      readonly exit?: ExitCode;
    };

/**
 * `bee rollback [--to RELEASE]`: every layer that changed since the last good release. All of them are prepared before
 * the first is touched; the same command again goes on where it stopped, and never further back.
 */
export async function runRollback(flags: unknown, ctx: CommandContext): Promise<Report> {
  const input = parseFlags(schema, flags);
  const started = ctx.clock.now();
  return withRollback(input, ctx, async (request) => {
    if (input.drill) return rehearse(input, request);
    const to = request.to ?? request.underway?.to ?? (await chooseRelease(request));
    const prepared = to == null ? [] : await prepareAll(createLayers(input), { ...request, to });
    const ways = prepared.flatMap(({ way }) => (way == null ? [] : [way]));
    const check = input.check ? await readCheck(request) : null;
    const report = assembleReport(check, to, prepared, request);
    if (to == null) return report("nothing to go back to: no release before this one");
    const refused = prepared.some(({ way }) => way != null && way.refusals.length > 0);
    const broken = prepared.find((layer) => layer.way == null && layer.error != null);
    if (refused || broken != null) {
      const exitCode = broken?.way === null ? (broken.exit ?? exitCodes.refused) : exitCodes.refused;
      return report("nothing was changed", { exitCode, text: renderNo(prepared) });
    }
    if (ways.length === 0) return report(`nothing to take back: everything is as in ${to.id}`);
    const took = (): string => formatDuration(ctx.clock.now() - started);
    if (input.check) return report(`possible, found out in ${took()}; nothing was changed`);
    return apply(orderWays(ways), to, input, request, report, took);
  });
}

/** The app first, since it stops the harm; functions and services before the database, which they then no longer need. */
function createLayers({
  lose,
  cross,
}: {
  readonly lose?: string | undefined;
  readonly cross?: string | undefined;
}): readonly Layer[] {
  const crossed = splitList(cross);
  return [
    createAppLayer({ off: null }),
    createFunctionsLayer({ cross: crossed, databaseFollows: true }),
    createInfraLayer({ asked: false }),
    createDatabaseLayer({ lose: splitList(lose), cross: crossed }),
  ];
}

/** `--drill`: the same layers on a copy; the target gets nothing but the evidence. */
async function rehearse(
  input: z.output<typeof schema>,
  { project, target, ctx }: LayerRequest,
): Promise<Report> {
  const { exitCode, summary, facts, data, findings } = await runDrill({
    project,
    target,
    ctx,
    layers: createLayers(input),
  });
  return {
    command: "rollback --drill",
    target: { name: target.name, ref: target.ref, url: target.url },
    exitCode,
    summary,
    facts,
    data: { ...data, findings },
    ...(findings.length === 0
      ? {}
      : {
          text: findings
            .map(({ detail, fix }) => `no ${detail}${fix === "" ? "" : `\n   ${fix}`}`)
            .join("\n"),
        }),
  };
}

async function chooseRelease({ target, releases }: LayerRequest): Promise<Release | null> {
  const { functions, migrations } = target.ports;
  const [live, history] = await Promise.all([functions.list(), migrations.readHistory()]);
  return chooseWholeRestore(releases, { functions: live, history });
}

/** Side by side: they only read, and prove on scratch databases. */
async function prepareAll(layers: readonly Layer[], request: LayerRequest): Promise<readonly Prepared[]> {
  return Promise.all(
    layers.map(async (layer): Promise<Prepared> => {
      try {
        return { layer: layer.name, way: await layer.prepare(request) };
      } catch (error) {
        if (!(error instanceof BeeError)) throw error;
        return { layer: layer.name, way: null, error: reportError(error), exit: error.exit };
      }
    }),
  );
}

type Assemble = (summary: string, rest?: Partial<Report>) => Report;

/** What only `--check` tells: how long the last rehearsal took. */
async function readCheck({ target, ctx }: LayerRequest) {
  const drill = readLastDrill(await target.evidence.read(["drill"], 1));
  return { drill, told: ["last drill", describeDrill(drill, ctx.clock.now())] as const };
}

function assembleReport(
  check: Awaited<ReturnType<typeof readCheck>> | null,
  to: Release | null,
  prepared: readonly Prepared[],
  { target }: LayerRequest,
): Assemble {
  return (summary, rest = {}) => ({
    command: check == null ? "rollback" : "rollback --check",
    target: { name: target.name, ref: target.ref, url: target.url },
    exitCode: exitCodes.ok,
    summary,
    data: { ...describeAll(to, prepared), ...(check == null ? {} : { lastDrill: check.drill }) },
    facts: [
      ...prepared.flatMap(({ way }) => (way == null ? [] : describeWay(way))),
      ...(check == null ? [] : [check.told]),
    ],
    ...rest,
  });
}

function describeAll(to: Release | null, prepared: readonly Prepared[]): object {
  return { to: to?.id ?? null, layers: prepared.map(describeLayer) };
}

function describeLayer(prepared: Prepared): object {
  const { layer, way } = prepared;
  if (way != null) {
    return { layer, possible: way.refusals.length === 0, change: way.change, lost: way.lost, ...way.data };
  }
  return prepared.error == null
    ? { layer, possible: true, change: null, lost: [] }
    : { layer, possible: false, error: prepared.error };
}

function renderNo(prepared: readonly Prepared[]): string {
  return prepared
    .flatMap((layer) => {
      if (layer.way != null)
        return layer.way.refusals.length === 0 ? [] : [renderRefusals(layer.way.refusals)];
      const { error } = layer;
      if (error == null) return [];
      return [`no ${layer.layer}: ${error.message}`, ...(error.hint == null ? [] : [`   ${error.hint}`])];
    })
    .join("\n");
}

async function apply(
  ways: readonly WayBack[],
  to: Release,
  consent: Consent,
  request: LayerRequest,
  report: Assemble,
  took: () => string,
): Promise<Report> {
  const { target, ctx } = request;
  for (const line of ways.flatMap(({ lost }) => lost)) ctx.emit({ type: "note", text: `lost: ${line}` });
  await confirmChange(ways.map(({ change }) => change).join("; "), target, consent, ctx);
  const steps: ReportedStep[] = [];
  const gates: ReportedGate[] = [];
  const facts: (readonly [string, string])[] = [];
  for (const way of ways) {
    ctx.emit({ type: "note", text: `${way.layer}: ${way.change}` });
    const outcome = await way.apply();
    steps.push(...(outcome.steps ?? []));
    gates.push(...(outcome.gates ?? []));
    facts.push([way.layer, outcome.state], ...outcome.facts);
    if (outcome.exitCode !== exitCodes.ok) {
      return report(`stopped at the ${way.layer}: ${outcome.state}`, {
        exitCode: outcome.exitCode,
        steps,
        gates,
        facts,
        ...(outcome.error == null ? {} : { error: outcome.error }),
        next: [`bee rollback --target ${target.name}`],
      });
    }
  }
  if (ways.at(-1)?.layer === "database") {
    const proofs = await proveWhole(request, to);
    gates.push(...proofs.map(reportGate));
    if (!letsPass(proofs)) {
      const judged = judgeGates(proofs) === exitCodes.refused ? exitCodes.rollbackFailed : judgeGates(proofs);
      // Gates that were interrupted could not measure.
      const exitCode = ctx.signal.aborted ? exitCodes.interrupted : judged;
      return report(`back, but not proven, after ${took()}`, { exitCode, steps, gates, facts });
    }
  }
  return report(`back at ${to.id}, after ${took()}`, { steps, gates, facts });
}
