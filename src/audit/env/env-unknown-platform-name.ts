import { nearest } from "../../core/nearest.ts";
import type { Rule } from "../rule.ts";
import { isProvided, providedNames } from "./platform-names.ts";
import type { EnvWorld } from "./world.ts";

export const envUnknownPlatformName: Rule<EnvWorld> = {
  id: "env-unknown-platform-name",
  area: "env",
  severity: "error",
  title: "A function reads a SUPABASE_ name that the platform does not provide",
  explanation: "Nobody can set names of that prefix, so the value is undefined on every hosted target.",
  fix: "Read one that is provided, or give the value a name without the prefix.",
  example: { bad: "Deno.env.get('SUPABASE_SERVICE_KEY')", good: "Deno.env.get('SUPABASE_SERVICE_ROLE_KEY')" },
  *check({ reads }) {
    for (const { name, file, offset, optional } of reads) {
      if (!name.startsWith("SUPABASE_") || isProvided(name)) continue;
      const guess = nearest(name, providedNames);
      yield {
        file,
        offset,
        subject: name,
        detail: `the platform provides no ${name}, and nobody else can set it`,
        severity: optional ? "warning" : "error",
        anchor: name,
        ...(guess == null ? {} : { fix: `Did you mean ${guess}?` }),
      };
    }
  },
};
