import type { Rule } from "../rule.ts";
import { tags } from "./analysis/value.ts";
import { happeningHits } from "./hits.ts";
import type { FunctionsWorld } from "./world.ts";

export const secretReturned: Rule<FunctionsWorld> = {
  id: "secret-returned",
  area: "functions",
  severity: "error",
  title: "A secret goes back to the caller",
  explanation:
    "The answer carries a variable of the environment that is secret, or the headers as they came. Debug routes that print the environment are how service keys get out.",
  fix: "Answer with what the caller asked for, field by field.",
  example: {
    bad: 'return Response.json({ ok: true, key: Deno.env.get("SUPABASE_SERVICE_ROLE_KEY") });',
    good: "return Response.json({ ok: true });",
  },
  *check(world) {
    yield* happeningHits(world, ({ kind, bits, status }) =>
      kind === "response" && status !== -1 && (bits & (tags.secret | tags.serviceKey | tags.headers)) !== 0
        ? "answers with a secret or with the request's headers"
        : null,
    );
  },
};
