// @ts-check
import exec from "k6/execution";
import { assembleOptions, calculate, send } from "./lib/run.js";

export const options = assembleOptions(["momentum-score-calculator"]);

export function warmUp() {
  send(calculate(), exec.scenario.iterationInTest, false);
}

export function measured() {
  send(calculate(), exec.scenario.iterationInTest, true);
}
