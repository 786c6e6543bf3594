// @ts-check
import exec from "k6/execution";
import { assembleOptions, calculate, logEvent, readScores, send } from "./lib/run.js";

export const options = assembleOptions([
  "momentum-score-calculator",
  "engagement_events",
  "daily_engagement_scores",
]);

// Of twenty calls of a day: thirteen log events, four read scores back, three calculate.
const day = "iirciiriiciiriiciiri";

/** @param {number} n */
function callOf(n) {
  const kind = day[Math.abs(n) % day.length];
  return kind === "c" ? calculate() : kind === "r" ? readScores() : logEvent(n);
}

export function warmUp() {
  const n = exec.scenario.iterationInTest;
  send(callOf(-1 - n), n, false);
}

export function measured() {
  const n = exec.scenario.iterationInTest;
  send(callOf(n), n, true);
}
