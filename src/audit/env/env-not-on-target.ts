import type { Rule } from "../rule.ts";
import type { EnvWorld } from "./world.ts";

export const envNotOnTarget: Rule<EnvWorld> = {
  id: "env-not-on-target",
  area: "env",
  severity: "error",
  title: "A declared secret is not set on the target",
  explanation: "The functions there run without it until the next deploy sets it.",
  fix: "Put it into .env.<target> and deploy.",
  example: {
    bad: "# declared, not in .env.production, not on the target",
    good: "# .env.production\nRESEND_API_KEY=re_…",
  },
  *check({ declared, target, reads }) {
    if (target == null) return;
    const read = new Set(reads.map(({ name }) => name));
    for (const { name, file, offset } of declared) {
      if (target.names.has(name) || target.optional.has(name) || !read.has(name)) continue;
      const isGiven = target.given.has(name);
      yield {
        file,
        offset,
        subject: name,
        detail: isGiven
          ? `${name} is not set on ${target.name} yet; the next deploy sets it`
          : `${name} is neither set on ${target.name} nor given here`,
        severity: isGiven ? "info" : "error",
        anchor: name,
      };
    }
    for (const name of target.differing) {
      yield {
        file: `.env.${target.name}`,
        subject: name,
        detail: `${name} is set to another value on ${target.name}`,
        severity: "info",
        fix: "The next deploy sets it to the value here; change it here if the target is right.",
        anchor: name,
      };
    }
  },
};
