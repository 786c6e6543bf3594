import type { Rule } from "../rule.ts";
import { findMisnamed, missingReads } from "./missing-reads.ts";
import { type EnvWorld, knownNames } from "./world.ts";

export const envMisnamed: Rule<EnvWorld> = {
  id: "env-misnamed",
  area: "env",
  severity: "error",
  title: "A name is read that differs by a few letters from one that is set",
  explanation: "The one that is read is undefined; the one that is set is read elsewhere only, or by nobody.",
  fix: "Use one name in both places.",
  example: {
    bad: "Deno.env.get('RESEND_KEY')   // .env.production has RESEND_API_KEY",
    good: "Deno.env.get('RESEND_API_KEY')",
  },
  *check(world) {
    const known = knownNames(world);
    for (const { name, file, offset } of missingReads(world)) {
      const meant = findMisnamed(name, known, world);
      if (meant == null) continue;
      yield {
        file,
        offset,
        subject: name,
        detail: `${name} is read here; ${meant.name} is what is set${meant.isRead ? "" : ", and nobody reads that"}`,
        fix: `Did you mean ${meant.name}?`,
        anchor: name,
      };
    }
  },
};
