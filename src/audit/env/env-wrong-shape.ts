import type { Rule } from "../rule.ts";
import { isSwapped, words } from "./shape-words.ts";
import { promisedShape } from "./value-shape.ts";
import type { EnvWorld } from "./world.ts";

export const envWrongShape: Rule<EnvWorld> = {
  id: "env-wrong-shape",
  area: "env",
  severity: "error",
  title: "A value is not of the shape its name promises",
  explanation:
    "A URL without a scheme, a service account that is no JSON, a number that is none, the id of a webhook in place of its whsec_…: the function finds out at its first request.",
  fix: "Put a value of that shape in. The value is not shown here.",
  example: {
    bad: "# .env.production\nFCM_SERVICE_ACCOUNT=firebase-adminsdk@…",
    good: '# .env.production\nFCM_SERVICE_ACCOUNT={"client_email": …, "private_key": …}',
  },
  *check({ entries }) {
    for (const { name, file, line, shape } of entries) {
      const promised = promisedShape(name);
      if (
        promised == null ||
        shape == null ||
        shape === promised ||
        shape === "placeholder" ||
        shape === "empty"
      )
        continue;
      if (isSwapped(promised, shape) || (promised === "json" && shape === "service-account")) continue;
      // A key of another service may look like anything.
      if (promised === "secret-key" || promised === "publishable-key") continue;
      yield {
        file,
        line,
        subject: name,
        detail: `${name} holds ${words[shape]}, not ${words[promised]}`,
        anchor: name,
      };
    }
  },
};
