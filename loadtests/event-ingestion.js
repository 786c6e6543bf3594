// @ts-check
import exec from "k6/execution";
import { assembleOptions, logEvent, send } from "./lib/run.js";

export const options = assembleOptions(["engagement_events"]);

// Below zero, so that no key is used twice.
export function warmUp() {
  const n = exec.scenario.iterationInTest;
  send(logEvent(-1 - n), n, false);
}

export function measured() {
  const n = exec.scenario.iterationInTest;
  send(logEvent(n), n, true);
}
