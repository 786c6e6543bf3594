import type { Rule } from "../rule.ts";
import type { FunctionsWorld } from "./world.ts";

export const verifyJwtOff: Rule<FunctionsWorld> = {
  id: "verify-jwt-off",
  area: "functions",
  severity: "error",
  title: "The platform's check is off and the function has none of its own",
  explanation:
    "With verify_jwt = false anybody on the internet reaches the code. That is right for webhooks and for functions that check by themselves; this one touches data or secrets and checks nothing.",
  fix: "Verify a token, a signature or a secret in the function, or take verify_jwt = false away.",
  example: {
    bad: "[functions.send-invoice]\nverify_jwt = false",
    good: "[functions.stripe-webhook]\nverify_jwt = false   # the function checks Stripe's signature",
  },
  *check({ functions, configured }) {
    for (const { slug, file, offset, verifyJwt } of configured) {
      const source = verifyJwt === false ? functions.find((one) => one.slug === slug) : null;
      if (source == null) continue;
      const isOpen = source.happenings.some(({ kind }) => /^(privileged|filter|fetch|sent|sql)$/.test(kind));
      if (!isOpen || source.happenings.some(({ kind }) => kind === "authed")) continue;
      yield {
        file,
        offset,
        subject: slug,
        detail: `${slug} answers anybody: verify_jwt is off and no check is in the code`,
      };
    }
  },
};
