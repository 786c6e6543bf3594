import { judgeReadings } from "../plan/metric-reading.ts";
import { defineGate } from "../ports/gate.ts";
import { finding } from "./finding.ts";

const id = "app-stability";
const metric = { bad: "sessions crashed", limit: 0.001 };

/** Where Sentry is not set up, its line asks a person. */
export const appStability = defineGate({
  id,
  title: "Less than 0.1 % of the app's sessions crash",
  readOnly: true,
  scope: "standing",
  needs: ["stability"],
  check: async ({ ports }) => {
    const sessions = await ports.stability.readSessions();
    if (sessions == null)
      return { kind: "not-applicable", reason: "Sentry is not set up: SENTRY_AUTH_TOKEN is not set" };
    const { crashed, total, release, period } = sessions;
    const source = `Sentry, sessions of ${release}, ${period}`;
    const judged = judgeReadings(metric, [{ kind: "counted", source, bad: crashed, total }]);
    if (judged.kind !== "fail") return judged;
    const fix = `Look at the crashes of ${release} in Sentry; switch the feature off: bee rollback app`;
    return { kind: "fail", findings: [finding(id, id, judged.details.join("; "), fix)] };
  },
});
