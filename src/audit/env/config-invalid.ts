import type { Rule } from "../rule.ts";
import type { EnvWorld } from "./world.ts";

export const configInvalid: Rule<EnvWorld> = {
  id: "config-invalid",
  area: "env",
  severity: "error",
  title: "A configuration file does not parse",
  explanation:
    "bee.config.yaml and supabase/config.toml decide what is deployed and with which settings; with a mistake in them nothing is.",
  fix: "Mend the file; docs/config.md describes the keys.",
  example: { bad: "functions:\n  - hello\n secrets: []", good: "functions:\n  - hello\nsecrets: []" },
  *check({ broken }) {
    for (const { file, detail } of broken) yield { file, subject: file, detail, anchor: file };
  },
};
