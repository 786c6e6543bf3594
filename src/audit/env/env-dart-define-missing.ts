import { nearest } from "../../core/nearest.ts";
import type { Rule } from "../rule.ts";
import type { EnvWorld } from "./world.ts";

export const envDartDefineMissing: Rule<EnvWorld> = {
  id: "env-dart-define-missing",
  area: "env",
  severity: "error",
  title: "The app reads a name that no build gives it",
  explanation:
    "String.fromEnvironment is fixed at build time; without a define it is the empty string, in production too.",
  fix: "Add it to the file of --dart-define-from-file or to the build command.",
  example: {
    bad: "String.fromEnvironment('SENTRY_DSN')   // not in config/production.json",
    good: '{ "SENTRY_DSN": "https://…" }',
  },
  *check({ dartReads, dartDefines, dartBuildsKnown }) {
    if (dartDefines == null || !dartBuildsKnown) return;
    const told = new Set<string>();
    for (const { name, file, offset, optional } of dartReads) {
      if (optional || dartDefines.has(name) || told.has(name)) continue;
      told.add(name);
      const guess = nearest(name, [...dartDefines.keys()]);
      yield {
        file,
        offset,
        subject: name,
        detail: `no build gives ${name}: it is empty in the app`,
        anchor: name,
        ...(guess == null ? {} : { fix: `Did you mean ${guess}?` }),
      };
    }
  },
};
