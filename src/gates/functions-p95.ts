import { functionCallsSource } from "./function-calls.ts";
import { defineMetricGate } from "./metric-gate.ts";

const limit = 0.05;

/** p95 < 2 s: less than 5 % took 2 s or longer, or failed. Cold calls count: somebody waited for them. */
export const functionsP95 = defineMetricGate({
  id: "functions-p95",
  title: "Functions answer within 2 s at the 95th percentile",
  bad: "calls took 2 s or longer",
  limit,
  fix: "Find the slow calls in the functions' log; cold starts, queries without an index and loops over users come first.",
  measuredBy: "bee loadtest functions",
  needs: ["logs"],
  sources: [functionCallsSource({ bad: ({ slow }) => slow, limit })],
});
