import type { Rule } from "../rule.ts";
import type { EnvWorld } from "./world.ts";

export const envPlaceholder: Rule<EnvWorld> = {
  id: "env-placeholder",
  area: "env",
  severity: "error",
  title: "A value is a placeholder or empty",
  explanation: 'It is set on the target as it is, and the function works with "your-key".',
  fix: "Put the real value in, or remove the line.",
  example: {
    bad: "# .env.production\nRESEND_API_KEY=your-api-key",
    good: "# .env.production\nRESEND_API_KEY=re_…",
  },
  *check({ entries }) {
    for (const { name, file, line, shape } of entries) {
      if (shape !== "placeholder" && shape !== "empty") continue;
      yield {
        file,
        line,
        subject: name,
        detail: shape === "empty" ? `${name} is empty` : `${name} still holds a placeholder`,
        anchor: name,
      };
    }
  },
};
