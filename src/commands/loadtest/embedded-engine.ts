import { assembleStages } from "../../plan/load/schedule.ts";
import type { LoadEngine } from "./engine.ts";
import { createLoadProgress } from "./load-progress.ts";

/** bee's own generator, in this process. */
export const embeddedEngine: LoadEngine = {
  estimate: () => "",
  async offer({ ctx, target, plan, tokens, signal, ...access }) {
    const [{ runOpenModel }, { createScenarioCalls }, { createFirstCalls }] = await Promise.all([
      import("../../tools/load/open-model.ts"),
      import("../../tools/load/scenario-calls.ts"),
      import("../../tools/load/first-calls.ts"),
    ]);
    const first = createFirstCalls();
    const revealed = tokens.map((token) => token.reveal());
    const calls = createScenarioCalls({ ...access, url: target.url, tokens: revealed, onWorker: first.note });
    try {
      const result = await runOpenModel({
        plan,
        stages: assembleStages(plan.profile, plan.rate, plan.durationMs),
        call: calls.call,
        inFlightLimit: access.inFlightLimit,
        signal,
        onSecond: createLoadProgress(ctx, plan),
      });
      const firstCalls = first.read();
      return { result: firstCalls == null ? result : { ...result, firstCalls } };
    } finally {
      calls.close();
    }
  },
};
