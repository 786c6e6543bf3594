import { join } from "node:path";
import { packageRoot } from "../../config/package-root.ts";
import { assembleStages } from "../../plan/load/schedule.ts";
import type { LoadEngine } from "./engine.ts";

/** The k6 on the PATH. */
export function createK6Engine(version: string, path: string): LoadEngine {
  return {
    estimate: () => "",
    async offer({ target, plan, scenario, ...access }) {
      const { runK6 } = await import("../../tools/load/k6.ts");
      const result = await runK6({
        ...access,
        version,
        path,
        plan,
        stages: assembleStages(plan.profile, plan.rate, plan.durationMs),
        script: join(packageRoot, "loadtests", `${scenario}.js`),
        url: target.url,
        invoke: await k6Runner(),
      });
      return { result };
    },
  };
}

/** Inherits nothing of bee's environment. */
export async function k6Runner() {
  const { createInvocationRunner } = await import("../../tools/invocation.ts");
  return createInvocationRunner({ env: {} });
}
