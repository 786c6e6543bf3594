import type { Rule } from "../rule.ts";
import { happeningHits } from "./hits.ts";
import type { FunctionsWorld } from "./world.ts";

export const tokenNotVerified: Rule<FunctionsWorld> = {
  id: "token-not-verified",
  area: "functions",
  severity: "error",
  title: "A token is decoded or a session read, and its signature never checked",
  explanation:
    "Base64 is no lock: anybody can write a token with any user id in it. auth.getSession() hands out what was stored, unchecked. Work follows that trusts the content.",
  fix: "Use auth.getUser(token), auth.getClaims(token) or jose's jwtVerify with the project's JWKS.",
  example: {
    bad: 'const payload = JSON.parse(atob(token.split(".")[1]));\nawait admin.from("orders").select().eq("user_id", payload.sub);',
    good: 'const { payload } = await jwtVerify(token, keys);\nawait admin.from("orders").select().eq("user_id", payload.sub);',
  },
  *check(world) {
    const first = new Set<string>();
    yield* happeningHits(world, ({ kind, state, name }, { slug, happenings }) => {
      if (kind !== "decoded" || state.authed || first.has(slug)) return null;
      const isTrusted = happenings.some((one) => one.kind === "privileged" && !one.state.authed);
      if (!isTrusted && happenings.some((one) => one.kind === "authed")) return null;
      first.add(slug);
      return name === "getSession"
        ? "takes the stored session for the caller's identity"
        : "reads a token whose signature nobody checks";
    });
  },
};
