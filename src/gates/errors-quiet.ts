import type { Finding } from "../core/verdict.ts";
import type { AppReply, AppRequest, AppSession } from "../ports/app-gateway.ts";
import { defineGate } from "../ports/gate.ts";
import { finding } from "./finding.ts";
import { findLeaks, findRestLeaks } from "./leaks.ts";
import { callFunction, fillBody, inTurn, type ProbeTarget, probeTargets } from "./probe-target.ts";

const gate = "errors-quiet";

/** A request that goes wrong, and the answer. */
interface Mishap {
  readonly part: string;
  readonly name: string;
  readonly reply: AppReply;
}

/**
 * Provokes errors of each kind in functions, API and auth, and reads the answers: a stable code in JSON, and neither
 * stack, path, SQL, database error nor key (plan: "error handling does not leak").
 */
export const errorsQuiet = defineGate({
  id: gate,
  title: "Error answers tell nothing of the inside",
  readOnly: false,
  needs: ["app", "users", "project"],
  check: async (ctx) => {
    const { ports } = ctx;
    const [user, keys] = await Promise.all([ports.users.get("input"), ports.project.readApiKeys()]);
    const token = (await user.readToken()).reveal();
    const own = [keys.secret.reveal(), token];
    const targets = probeTargets(ctx);
    const mishaps = (
      await Promise.all([
        ...targets.map((target) =>
          provokeFunction(
            target,
            target.probe?.caller === "service" ? ports.app.service() : user,
            user.userId,
          ),
        ),
        provokeAll(user, "rest", restMishaps),
        provokeAll(ports.app.anonymous(), "auth", authMishaps),
      ])
    ).flat();
    const errors = mishaps.filter(({ reply }) => reply.status >= 400);
    const silent = targets.filter(({ slug }) => !errors.some(({ part }) => part === slug));
    if (silent.length > 0) {
      return {
        kind: "inconclusive",
        reason: `no request made them answer with an error: ${silent.map(({ slug }) => slug).join(", ")}`,
      };
    }
    const findings = errors.flatMap((mishap) => judge(mishap, own));
    if (findings.length > 0) return { kind: "fail", findings };
    return {
      kind: "pass",
      evidence: { errorsRead: errors.length, parts: [...new Set(errors.map(({ part }) => part))] },
    };
  },
});

/** Wrong in each layer of a function: route, method, syntax, types, size, and values that only a database refuses. */
async function provokeFunction(
  target: ProbeTarget,
  session: AppSession,
  userId: string,
): Promise<readonly Mishap[]> {
  const body = target.probe == null ? {} : fillBody(target.probe, userId);
  const junk = Object.fromEntries(Object.keys(body).map((key) => [key, { junk: [null] }]));
  const odd = Object.fromEntries(
    Object.entries(body).map(([key, value]) => [key, typeof value === "string" ? "bee' \u0000 \"" : value]),
  );
  const requests = [
    { name: "an unknown path", below: "/bee-no-such-path", json: body },
    { name: "a wrong method", method: "PUT", json: body },
    { name: "broken JSON", text: `${JSON.stringify(body).slice(0, -1)} "half` },
    { name: "wrong types", json: { ...junk, bee_unknown: true } },
    { name: "odd texts", json: { ...odd, bee_unknown: "'" } },
    { name: "a broken token", json: body, headers: { authorization: "Bearer bee.broken.token" } },
    {
      name: "another encoding",
      text: "\u0000\ufffd",
      headers: { "content-type": "application/octet-stream" },
    },
  ];
  return inTurn(requests, async ({ name, ...request }) => ({
    part: target.slug,
    name,
    reply: await callFunction(session, target, request),
  }));
}

type Request = AppRequest & { readonly name: string };

const restMishaps: readonly Request[] = [
  { name: "an unknown table", path: "/rest/v1/bee_no_such_table?select=*" },
  { name: "a broken filter", path: "/rest/v1/bee_no_such_table?id=nonsense" },
  { name: "an unknown function", path: "/rest/v1/rpc/bee_no_such_function", json: { a: 1 } },
  { name: "broken JSON", path: "/rest/v1/bee_no_such_table", text: '{"half' },
  { name: "a broken token", path: "/rest/v1/", headers: { authorization: "Bearer bee.broken.token" } },
];

const authMishaps: readonly Request[] = [
  {
    name: "a wrong password",
    path: "/auth/v1/token?grant_type=password",
    json: { email: "bee-probe-nobody@example.invalid", password: "not-this-one" },
  },
  { name: "an unknown grant", path: "/auth/v1/token?grant_type=nonsense", json: {} },
  { name: "a broken token", path: "/auth/v1/user", headers: { authorization: "Bearer bee.broken.token" } },
  { name: "broken JSON", path: "/auth/v1/token?grant_type=password", text: '{"half' },
  { name: "a wrong link", path: "/auth/v1/verify", json: { type: "signup", token_hash: "nonsense" } },
];

function provokeAll(
  session: AppSession,
  part: string,
  requests: readonly Request[],
): Promise<readonly Mishap[]> {
  return inTurn(requests, async ({ name, ...request }) => ({
    part,
    name,
    reply: await session.send(request),
  }));
}

function judge({ part, name, reply }: Mishap, own: readonly string[]): readonly Finding[] {
  const text = `${typeof reply.body === "string" ? reply.body : JSON.stringify(reply.body)}\n${Object.values(reply.headers).join("\n")}`;
  const told = part === "rest" || part === "auth" ? findRestLeaks(text, own) : findLeaks(text, own);
  return [
    ...told.map((what) =>
      finding(
        gate,
        `${part}:${what}`,
        `${part} answers ${name} (${reply.status}) with ${what}`,
        "Answer with a fixed message and a code; write the cause to the log, under a request id.",
      ),
    ),
    ...(hasCode(reply.body)
      ? []
      : [
          finding(
            gate,
            `${part}:no code`,
            `${part} answers ${name} (${reply.status}) without a code in JSON`,
            'Answer {"error":{"code":"…","message":"…"}}: clients decide on a code, never on a text.',
          ),
        ]),
  ];
}

/** `code`, `error_code` or `error`, at the top or in `error`. */
function hasCode(body: unknown): boolean {
  if (body == null || typeof body !== "object") return false;
  const { code, error_code, error } = body as Record<string, unknown>;
  const named = [code, error_code, error].some((value) => ["string", "number"].includes(typeof value));
  return named || (typeof error === "object" && hasCode(error));
}
