import type { Rule } from "../rule.ts";
import { happeningHits } from "./hits.ts";
import type { FunctionsWorld } from "./world.ts";

export const fetchWithoutTimeout: Rule<FunctionsWorld> = {
  id: "fetch-without-timeout",
  area: "functions",
  severity: "warning",
  title: "A call to another service has no time limit",
  explanation:
    "When the other side hangs, the function hangs with it until the platform ends it after 150 s, and every caller waits.",
  fix: "Pass signal: AbortSignal.timeout(ms).",
  example: {
    bad: 'await fetch("https://api.example.com/send", { method: "POST", body });',
    good: 'await fetch("https://api.example.com/send", { method: "POST", body, signal: AbortSignal.timeout(5000) });',
  },
  *check(world) {
    yield* happeningHits(world, ({ kind, name }) =>
      kind === "fetch" && name === "" ? "waits for another service without a limit" : null,
    );
  },
};
