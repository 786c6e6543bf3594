import type { Rule } from "../rule.ts";
import type { EnvWorld } from "./world.ts";

export const envReserved: Rule<EnvWorld> = {
  id: "env-reserved",
  area: "env",
  severity: "warning",
  title: "A reserved name among the secrets",
  explanation:
    "Names that start with SUPABASE_ are the platform's: it provides them itself, refuses or skips what is sent, and the exit code stays 0.",
  fix: "Remove it; the platform sets it for every function. Give values of your own another prefix.",
  example: {
    bad: "# .env.production\nSUPABASE_SERVICE_ROLE_KEY=…",
    good: "# nothing: Deno.env.get('SUPABASE_SERVICE_ROLE_KEY') is there anyway",
  },
  *check({ declared, entries }) {
    for (const { name, file, offset } of declared) {
      if (name.startsWith("SUPABASE_"))
        yield { file, offset, subject: name, detail: `${name} is a reserved name`, anchor: name };
    }
    for (const { name, file, line, shape } of entries) {
      if (name.startsWith("SUPABASE_") && shape != null)
        yield {
          file,
          line,
          subject: name,
          detail: `${name} is a reserved name and is not sent`,
          anchor: name,
        };
    }
  },
};
