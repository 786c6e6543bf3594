import { functionCallsSource } from "./function-calls.ts";
import { defineMetricGate } from "./metric-gate.ts";

const limit = 0.01;

/** 5xx, time-outs and worker limits; what callers did wrong (4xx) is told apart. */
export const errorRate = defineMetricGate({
  id: "error-rate",
  title: "Less than 1 % of the calls to critical functions fail",
  bad: "calls failed",
  limit,
  fix: "Group the failures by status and function in the functions' log.",
  measuredBy: "bee loadtest functions",
  needs: ["logs"],
  sources: [functionCallsSource({ bad: ({ failed }) => failed, limit })],
});
