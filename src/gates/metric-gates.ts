import type { Gate } from "../ports/gate.ts";
import { defineMetricGate } from "./metric-gate.ts";

/** The plan's success metrics that bee can measure. p95 < 2 s: less than 5 % took 2 s or longer. */
export const metricGates: readonly Gate[] = [
  defineMetricGate({
    id: "functions-p95",
    title: "Functions answer within 2 s at the 95th percentile",
    bad: "calls took 2 s or longer",
    limit: 0.05,
    fix: "Find the slow calls in the functions' log; cold starts, queries without an index and loops over users come first.",
  }),
  defineMetricGate({
    id: "database-p95",
    title: "Queries end within 500 ms at the 95th percentile",
    bad: "queries took 500 ms or longer",
    limit: 0.05,
    fix: "Look at pg_stat_statements for the slowest and explain them as the API's role, policies included.",
  }),
  defineMetricGate({
    id: "error-rate",
    title: "Less than 1 % of the calls to critical functions fail",
    bad: "calls failed",
    limit: 0.01,
    fix: "Group the failures by status and function in the functions' log.",
  }),
  defineMetricGate({
    id: "uptime",
    title: "The project answers more than 99.9 % of the time",
    bad: "probes went unanswered",
    limit: 0.001,
    fix: "Look at the platform's status and the services' health: bee status, and the project's logs.",
  }),
  defineMetricGate({
    id: "realtime-latency",
    title: "A score is seen within 30 s at the 95th percentile",
    bad: "updates came after 30 s or never",
    limit: 0.05,
    fix: "Check the publication supabase_realtime and its lag; a lost update counts as one that never came.",
  }),
  defineMetricGate({
    id: "push-success",
    title: "More than 95 % of the notifications to valid tokens are accepted",
    bad: "notifications failed",
    limit: 0.05,
    fix: "Group the failures in momentum_notifications by error; take tokens out of use that FCM calls UNREGISTERED.",
  }),
  defineMetricGate({
    id: "momentum-accuracy",
    title: "Less than 5 % of the stored scores differ from a recomputation",
    bad: "scores differ",
    limit: 0.05,
    fix: "Recompute the days that differ and find what wrote them.",
  }),
];
