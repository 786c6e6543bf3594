import type { Finding } from "../core/verdict.ts";
import type { AppReply, AppSession } from "../ports/app-gateway.ts";
import { defineGate } from "../ports/gate.ts";
import { finding } from "./finding.ts";
import { servingFunctions } from "./serving-functions.ts";

/** Well-formed and signed by nobody: `alg: none`, role service_role. */
const unsigned = `${encode({ alg: "none", typ: "JWT" })}.${encode({ role: "service_role", iss: "supabase", exp: 4102444800 })}.`;

/**
 * Nobody gets work out of a function with no token, an unsigned one or the public key alone. The platform's
 * verify_jwt takes the public key for a caller, so the function must check (docs: Edge Functions, auth headers).
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
    return {
      kind: "pass",
      evidence: { functions: slugs, callers: ["no token", "unsigned token", "public key"] },
    };
  },
});

async function probe(session: AppSession, slug: string): Promise<readonly Finding[]> {
  const ask = (headers: Record<string, string>): Promise<AppReply> =>
    session.send({ method: "POST", path: `/functions/v1/${slug}`, json: {}, headers });
  const callers = [
    ["no token", await ask({ authorization: "", apikey: "" })],
    ["an unsigned token", await ask({ authorization: `Bearer ${unsigned}` })],
    ["the public key alone", await ask({})],
  ] as const;
  return callers
    .filter(([, { status }]) => status < 400 || status >= 500)
    .map(([caller, { status }]) =>
      finding(
        "callers-verified",
        `${slug}:${caller}`,
        `${slug} answers ${status} to ${caller}`,
        "Verify the caller's token in the function before it reads or writes anything; answer 401.",
      ),
    );
}

function encode(value: unknown): string {
  return Buffer.from(JSON.stringify(value)).toString("base64url");
}
