import type { Finding } from "../core/verdict.ts";
import type { AppSession } from "../ports/app-gateway.ts";
import { defineGate } from "../ports/gate.ts";
import { finding } from "./finding.ts";
import { servingFunctions } from "./serving-functions.ts";
import { isRefusal, strangers } from "./strangers.ts";

/**
 * Nobody gets work out of a function with no token, an unsigned one or the public key alone. The platform's
 * verify_jwt takes the public key for a caller, so the function must check (docs: Edge Functions, auth headers).
 * Quick enough for each deploy; `jwt-validated` tries more.
 */
export const callersVerified = defineGate({
  id: "callers-verified",
  title: "Functions refuse callers they cannot name",
  readOnly: false,
  needs: ["app"],
  check: async ({ ports, view }) => {
    const slugs = servingFunctions(view);
    if (slugs.length === 0) return { kind: "not-applicable", reason: "no function is to serve" };
    const session = ports.app.anonymous();
    const found = (await Promise.all(slugs.map((slug) => probe(session, slug)))).flat();
    if (found.length > 0) return { kind: "fail", findings: found };
    return { kind: "pass", evidence: { functions: slugs, callers: strangers.map(({ name }) => name) } };
  },
});

async function probe(session: AppSession, slug: string): Promise<readonly Finding[]> {
  const replies = await Promise.all(
    strangers.map(async ({ name, headers }) => ({
      name,
      reply: await session.send({ method: "POST", path: `/functions/v1/${slug}`, json: {}, headers }),
    })),
  );
  return replies
    .filter(({ reply }) => !isRefusal(reply))
    .map(({ name, reply }) =>
      finding(
        "callers-verified",
        `${slug}:${name}`,
        `${slug} answers ${reply.status} to ${name}`,
        "Verify the caller's token in the function before it reads or writes anything; answer 401.",
      ),
    );
}
