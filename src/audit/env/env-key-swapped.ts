import type { Rule } from "../rule.ts";
import { isSwapped, words } from "./shape-words.ts";
import { promisedShape } from "./value-shape.ts";
import type { EnvWorld } from "./world.ts";

export const envKeySwapped: Rule<EnvWorld> = {
  id: "env-key-swapped",
  area: "env",
  severity: "error",
  title: "A public key stands where the secret one belongs, or the other way round",
  explanation:
    "A secret key under a public name ends up in apps and lets everybody past row level security; a public one under a secret name makes every privileged call fail.",
  fix: "Exchange the two. If the secret key was shipped, revoke it first.",
  example: { bad: "APP_ANON_KEY=sb_secret_…", good: "APP_ANON_KEY=sb_publishable_…" },
  *check({ entries, definedValues }) {
    for (const { name, file, line, shape } of [...entries, ...definedValues]) {
      const promised = promisedShape(name);
      if (promised == null || shape == null || !isSwapped(promised, shape)) continue;
      yield {
        file,
        line,
        subject: name,
        detail: `${name} holds ${words[shape]} where ${words[promised]} belongs`,
        anchor: name,
      };
    }
  },
};
