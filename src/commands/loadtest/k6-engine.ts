import { join } from "node:path";
import { packageRoot } from "../../config/package-root.ts";
import { type K6Inspection, planScript } from "../../plan/load/k6-inspection.ts";
import type { K6Script } from "../../plan/load/k6-invocation.ts";
import type { LoadPlan } from "../../plan/load/result.ts";
import { assembleStages } from "../../plan/load/schedule.ts";
import type { Target } from "../target.ts";
import type { LoadEngine, Offer } from "./engine.ts";
import { createLoadProgress } from "./load-progress.ts";
import { plainRunner } from "./plain-runner.ts";

export interface K6Settings {
  readonly version: string;
  readonly path: string;
  /** A script of somebody's own; null for those in loadtests/. */
  readonly script: string | null;
  readonly errorShare: number;
}

/** The k6 on the PATH. */
export function createK6Engine(settings: K6Settings, target: Target): LoadEngine {
  return {
    estimate: () => "",
    check: (plan) => checkScript(settings, target, plan),
    async offer({ ctx, plan, signal, tokens, ...offer }) {
      const { runK6 } = await import("../../tools/load/k6.ts");
      const { version, path, script } = settings;
      const result = await runK6({
        ...describeScript(settings, target, plan, offer),
        version,
        path,
        tokens,
        signal,
        source: script == null ? "own" : "other",
        invoke: await plainRunner(),
        onSecond: createLoadProgress(ctx, plan),
      });
      return { result };
    },
  };
}

/** By `k6 inspect`, which sends nothing. The load of a script of somebody's own is what the script says. */
export async function checkScript(
  settings: K6Settings,
  target: Target,
  plan: LoadPlan,
  judge: (inspection: K6Inspection) => string | null = () => null,
): Promise<LoadPlan> {
  const [{ inspectK6 }, { scriptUnfit }] = await Promise.all([
    import("../../tools/load/k6.ts"),
    import("../../tools/load/k6-errors.ts"),
  ]);
  const asked = { publishableKey: "", run: "", inFlightLimit: 1 };
  const script = describeScript(settings, target, plan, asked);
  const inspection = await inspectK6({ ...script, path: settings.path, invoke: await plainRunner() });
  const why = judge(inspection);
  if (why != null) throw scriptUnfit(script.script, why);
  const planned = planScript(plan, inspection);
  if (settings.script != null) return planned;
  if (Math.abs(planned.planned - plan.planned) <= Math.max(1, plan.planned * 0.05)) return plan;
  throw scriptUnfit(script.script, `it would offer ${planned.planned} calls, not ${plan.planned}`);
}

export function describeScript(
  { script, errorShare }: Pick<K6Settings, "script" | "errorShare">,
  { url }: Target,
  plan: LoadPlan,
  { publishableKey, run, inFlightLimit }: Pick<Offer, "publishableKey" | "run" | "inFlightLimit">,
): K6Script {
  return {
    plan,
    stages: assembleStages(plan.profile, plan.rate, plan.durationMs),
    script: script ?? join(packageRoot, "loadtests", `${plan.scenario}.js`),
    errorShare,
    url,
    publishableKey,
    run,
    inFlightLimit,
  };
}
