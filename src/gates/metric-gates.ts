import type { Gate } from "../ports/gate.ts";
import { databaseP95 } from "./database-p95.ts";
import { errorRate } from "./error-rate.ts";
import { functionsP95 } from "./functions-p95.ts";
import { defineMetricGate } from "./metric-gate.ts";
import { pushSuccess } from "./push-success.ts";
import { uptime } from "./uptime.ts";

/** The plan's success metrics that bee can measure. */
export const metricGates: readonly Gate[] = [
  functionsP95,
  databaseP95,
  errorRate,
  uptime,
  defineMetricGate({
    id: "realtime-latency",
    title: "A score is seen within 30 s at the 95th percentile",
    bad: "updates came after 30 s or never",
    limit: 0.05,
    fix: "Check the publication supabase_realtime and its lag; a lost update counts as one that never came.",
    measuredBy: "bee loadtest realtime",
  }),
  pushSuccess,
  defineMetricGate({
    id: "momentum-accuracy",
    title: "Less than 5 % of the stored scores differ from a recomputation",
    bad: "scores differ",
    limit: 0.05,
    fix: "Recompute the days that differ and find what wrote them.",
    measuredBy: "bee momentum verify",
  }),
];
