import type { Finding } from "../core/verdict.ts";
import type { AppReply, AppSession } from "../ports/app-gateway.ts";
import { defineGate } from "../ports/gate.ts";
import { finding } from "./finding.ts";
import { assembleForgeries, type Forgery } from "./forgeries.ts";
import { callFunction, fillBody, inTurn, type ProbeTarget, probeTargets } from "./probe-target.ts";
import { isRefusal, type Stranger, strangers } from "./strangers.ts";

const gate = "jwt-validated";

type User = AppSession & { readonly userId: string };

interface Callers {
  readonly owner: User;
  readonly other: User;
  readonly anonymous: AppSession;
  readonly forgeries: readonly Forgery[];
}

/**
 * Each function, called by everybody it must turn away (plan: "JWT validation in functions"): strangers, a real user's
 * token bent in each way there is, the wrong user; and by the right one, so that a refusal says something.
 */
export const jwtValidated = defineGate({
  id: gate,
  title: "Functions take only genuine tokens, each for its own user",
  readOnly: false,
  needs: ["app", "users", "settings"],
  check: async (ctx) => {
    const targets = probeTargets(ctx);
    if (targets.length === 0) return { kind: "not-applicable", reason: "no function is to serve" };
    const { ports } = ctx;
    const [owner, other, secret] = await Promise.all([
      // Users of its own: the app's main flow is watched for a and b meanwhile.
      ports.users.get("owner"),
      ports.users.get("other"),
      ports.settings.readJwtSecret().catch(() => null),
    ]);
    const forged = await assembleForgeries({ owner, other, anonymous: ports.app.anonymous(), secret });
    const callers = { owner, other, anonymous: ports.app.anonymous(), forgeries: forged.forgeries };
    const outcomes = await Promise.all(targets.map((target) => probe(target, callers)));
    const findings = outcomes.flatMap((outcome) => outcome.findings);
    if (findings.length > 0) return { kind: "fail", findings };
    const unproven = outcomes.flatMap(({ unproven: why }) => (why == null ? [] : [why]));
    if (unproven.length > 0) return { kind: "inconclusive", reason: unproven.join("; ") };
    return {
      kind: "pass",
      evidence: {
        functions: targets.map(({ slug }) => slug),
        callers: [...strangers, ...forged.forgeries].map(({ name }) => name),
        notMade: forged.notMade,
        notJudged: forged.forgeries
          .filter(({ isAuthsOwn }) => isAuthsOwn)
          .map(({ name }) => `${name}: the project's auth server takes it too`),
      },
    };
  },
});

interface Outcome {
  readonly findings: readonly Finding[];
  readonly unproven: string | null;
}

async function probe(target: ProbeTarget, callers: Callers): Promise<Outcome> {
  const { slug, probe: told } = target;
  const { owner, other, anonymous, forgeries } = callers;
  const json = told == null ? {} : fillBody(told, owner.userId);
  const everybody: readonly (Stranger & Partial<Forgery>)[] = [...strangers, ...forgeries];
  const replies = await inTurn(everybody, ({ headers }) =>
    callFunction(anonymous, target, { json, headers }),
  );
  const foundRefused = everybody.flatMap(({ name, isAuthsOwn = false }, index) =>
    isAuthsOwn ? [] : judgeStranger(slug, name, replies[index], told != null),
  );
  const [own, foreign] = [
    await callFunction(owner, target, { json }),
    await callFunction(other, target, { json }),
  ];
  const foundUsers =
    told?.caller === "service" ? judgeService(slug, own) : judgeForeign(slug, owner, own, foreign);
  const unproven =
    told?.caller === "user" && isRefusal(own)
      ? `${slug} answers ${own.status} to a real user with the body in probe.functions, so its refusals prove nothing`
      : null;
  return { findings: [...foundRefused, ...foundUsers], unproven };
}

/** With a body it accepts, only who is asking can be wrong: then it must say so with 401 or 403. */
function judgeStranger(
  slug: string,
  name: string,
  reply: AppReply | undefined,
  isValid: boolean,
): readonly Finding[] {
  if (reply == null) throw new Error(`${slug} left a call unanswered`);
  const refused = isValid ? reply.status === 401 || reply.status === 403 : isRefusal(reply);
  if (refused) return [];
  return [
    finding(
      gate,
      `${slug}:${name}`,
      `${slug} answers ${reply.status} to ${name}`,
      "Verify signature, algorithm, expiry, issuer and audience in the function (getClaims, or jwtVerify with the project's JWKS) before anything else; answer 401.",
    ),
  ];
}

function judgeService(slug: string, own: AppReply): readonly Finding[] {
  if (own.status === 401 || own.status === 403) return [];
  return [
    finding(
      gate,
      `${slug}:user`,
      `${slug} is for services only and answers ${own.status} to an ordinary user`,
      "Compare the caller's key with the project's secret keys; answer 403 to everybody else.",
    ),
  ];
}

/** B asks with A's body: a success that shows A's id, or A's very answer, is A's data in B's hands. */
function judgeForeign(slug: string, owner: User, own: AppReply, foreign: AppReply): readonly Finding[] {
  if (foreign.status >= 500) {
    return [
      finding(gate, `${slug}:other user`, `${slug} answers ${foreign.status} to another user`, "Answer 403."),
    ];
  }
  if (isRefusal(foreign)) return [];
  const text = JSON.stringify(foreign.body);
  const same = text === JSON.stringify(own.body) && own.status < 300 && text.length > 40;
  if (!text.includes(owner.userId) && !same) return [];
  return [
    finding(
      gate,
      `${slug}:other user`,
      `${slug} answers ${foreign.status} to another user who names a user's id, and shows that user's data`,
      "Take the user from the verified token (sub), never from the body; answer 403 when they differ.",
    ),
  ];
}
