import { judgeAlone } from "../../plan/load/k6-inspection.ts";
import { isLoopback } from "../../tools/cloud-run-address.ts";
import { readK6Account, runK6Cloud } from "../../tools/load/k6-cloud.ts";
import type { Target } from "../target.ts";
import type { LoadEngine } from "./engine.ts";
import { checkScript, describeScript, type K6Settings } from "./k6-engine.ts";
import { plainRunner } from "./plain-runner.ts";
import { assertReachable } from "./reach.ts";

/** Grafana Cloud k6, by the k6 on the PATH. Throws BEE-E771, E779 before anything is asked. */
export function createK6CloudEngine(
  settings: K6Settings,
  env: NodeJS.ProcessEnv,
  target: Target,
): LoadEngine {
  const { version, path } = settings;
  const account = readK6Account(env, version);
  assertReachable(target, "Grafana Cloud k6", account.host != null && isLoopback(new URL(account.host)));
  return {
    estimate: (plan) => {
      const hours = (plan.rate * 5 * (plan.warmUpMs + plan.durationMs)) / 3_600_000;
      return `from Grafana Cloud k6 (up to ${Math.max(1, Math.ceil(hours))} VU hours)`;
    },
    check: (plan) => checkScript(settings, target, plan, judgeAlone),
    offer: async ({ ctx, plan, tokens, signal, ...offer }) =>
      runK6Cloud({
        ...describeScript(settings, target, plan, offer),
        version,
        path,
        account,
        tokens,
        signal,
        invoke: await plainRunner(),
        onUrl: (url) => ctx.emit({ type: "note", text: `the run is at ${url}` }),
      }),
  };
}
