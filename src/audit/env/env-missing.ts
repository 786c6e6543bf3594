import type { Rule } from "../rule.ts";
import { findMisnamed, missingReads } from "./missing-reads.ts";
import { type EnvWorld, knownNames } from "./world.ts";

export const envMissing: Rule<EnvWorld> = {
  id: "env-missing",
  area: "env",
  severity: "error",
  title: "A function reads a name that nothing sets",
  explanation:
    "The value is undefined on every target: the function fails at its first request, or worse, compares with undefined.",
  fix: "Declare it under secrets: in bee.config.yaml, or set it; or give the read a default.",
  example: {
    bad: "const key = Deno.env.get('RESEND_API_KEY')!   // nowhere else",
    good: "# bee.config.yaml\nsecrets:\n  - name: RESEND_API_KEY",
  },
  *check(world) {
    const known = knownNames(world);
    for (const { name, file, offset, optional } of missingReads(world)) {
      if (optional || findMisnamed(name, known, world) != null) continue;
      const where =
        world.target == null ? "nothing sets or declares it" : `it is not set for ${world.target.name}`;
      yield { file, offset, subject: name, detail: `${name} is read here, but ${where}`, anchor: name };
    }
  },
};
