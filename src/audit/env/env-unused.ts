import type { Rule } from "../rule.ts";
import { findMisnamed, missingReads } from "./missing-reads.ts";
import { isProvided } from "./platform-names.ts";
import { type EnvWorld, knownNames } from "./world.ts";

export const envUnused: Rule<EnvWorld> = {
  id: "env-unused",
  area: "env",
  severity: "info",
  title: "A secret is declared or set that no source reads",
  explanation:
    "It is one more value to rotate and to leak, or the sign of a name that is spelled otherwise in the code.",
  fix: "Remove it, or read it.",
  example: {
    bad: "secrets:\n  - name: OLD_API_KEY   # no function reads it",
    good: "secrets:\n  - name: RESEND_API_KEY",
  },
  *check(world) {
    const read = new Set([...world.reads, ...world.dartReads].map(({ name }) => name));
    const isUsed = (name: string): boolean =>
      read.has(name) || isProvided(name) || world.usedElsewhere.has(name);
    const missing = missingReads(world).map(({ name }) => name);
    // What a misspelled read means is told there.
    const known = knownNames(world);
    const told = new Set(missing.flatMap((name) => findMisnamed(name, known, world)?.name ?? []));
    for (const { name, file, offset } of world.declared) {
      if (isUsed(name) || told.has(name)) continue;
      told.add(name);
      yield { file, offset, subject: name, detail: `no source reads ${name}`, anchor: name };
    }
    for (const { name, file, line } of world.entries) {
      if (isUsed(name) || told.has(name) || name.startsWith("SUPABASE_")) continue;
      told.add(name);
      yield { file, line, subject: name, detail: `no source reads ${name}`, anchor: name };
    }
    for (const name of world.target?.names ?? []) {
      if (isUsed(name) || told.has(name) || name.startsWith("SUPABASE_")) continue;
      yield {
        file: `.env.${world.target?.name}`,
        subject: name,
        detail: `${name} is set on ${world.target?.name}, but no source reads it`,
        anchor: name,
      };
    }
  },
};
