import { nearest } from "../../core/nearest.ts";
import type { Rule } from "../rule.ts";
import type { EnvWorld } from "./world.ts";

export const envDartDefineUnused: Rule<EnvWorld> = {
  id: "env-dart-define-unused",
  area: "env",
  severity: "warning",
  title: "The build gives the app a name that it does not read",
  explanation: "Misspelled names look like this: the app reads another one, which is empty.",
  fix: "Remove it, or read it.",
  example: {
    bad: '{ "SUPABASE_KEY": "…" }   // the app reads SUPABASE_ANON_KEY',
    good: '{ "SUPABASE_ANON_KEY": "…" }',
  },
  *check({ dartReads, dartDefines }) {
    if (dartReads.length === 0) return;
    const read = new Set(dartReads.map(({ name }) => name));
    for (const [name, { file, offset }] of dartDefines ?? []) {
      if (read.has(name) || /^FLUTTER_/.test(name)) continue;
      const guess = nearest(name, [...read]);
      yield {
        file,
        offset,
        subject: name,
        detail: `the app reads no ${name}`,
        anchor: name,
        ...(guess == null ? {} : { fix: `Did you mean ${guess}?` }),
      };
    }
  },
};
