import type { Rule } from "../rule.ts";
import { happeningHits } from "./hits.ts";
import type { FunctionsWorld } from "./world.ts";

export const secretMayBeUnset: Rule<FunctionsWorld> = {
  id: "secret-may-be-unset",
  area: "functions",
  severity: "error",
  title: "What the caller sends is compared with a secret that may not be set",
  explanation:
    "Where the variable is missing, it is undefined. `Bearer ${undefined}` is a text that anybody can send, and a header, field or parameter that is left out is undefined as well: the two are equal, and whoever knows nothing is let in.",
  fix: "Refuse to work while the secret is missing, before anything is compared: if (!secret) return 500.",
  example: {
    bad: 'if (req.headers.get("authorization") !== `Bearer ${Deno.env.get("CRON_SECRET")}`) return refuse();',
    good: 'const secret = Deno.env.get("CRON_SECRET");\nif (!secret) return new Response("not configured", { status: 500 });\nif (req.headers.get("authorization") !== `Bearer ${secret}`) return refuse();',
  },
  *check(world) {
    yield* happeningHits(world, ({ kind, name }) =>
      kind === "unset-compared" ? `lets in callers without the secret when ${name} is not set` : null,
    );
  },
};
