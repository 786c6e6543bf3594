import type { Finding } from "../core/verdict.ts";
import type { AppReply, AppSession } from "../ports/app-gateway.ts";
import { defineGate } from "../ports/gate.ts";
import { finding } from "./finding.ts";
import { callFunction, fillBody, inTurn, type ProbeTarget, probeTargets } from "./probe-target.ts";

const gate = "rate-limited";
const atOnce = 16;
const defaultBurst = 100;
/** A limit that is not met by then is not measured. */
const patienceMs = 15_000;

/** What a burst met. */
interface Burst {
  readonly calls: number;
  readonly limited: AppReply | null;
  /** Another status than success and 429; then nothing was measured. */
  readonly odd: AppReply | null;
}

/**
 * A synthetic user calls each function as often as its limit should not allow (plan: "API rate limiting"): 429 with
 * Retry-After must come. The burst stops at the first one, and takes from nobody's allowance but that user's. The
 * platform limits no inbound calls by itself (docs: Edge Functions, limits).
 */
export const rateLimited = defineGate({
  id: gate,
  title: "Functions limit how often one caller may call",
  readOnly: false,
  needs: ["app", "users"],
  check: async (ctx) => {
    const targets = probeTargets(ctx);
    if (targets.length === 0) return { kind: "not-applicable", reason: "no function is to serve" };
    const user = await ctx.ports.users.get("burst");
    const outcomes = await Promise.all(targets.map((target) => probe(target, user, ctx.signal)));
    const findings = outcomes.flatMap((outcome) => outcome.findings ?? []);
    if (findings.length > 0) return { kind: "fail", findings };
    const unproven = outcomes.flatMap(({ unproven: why }) => (why == null ? [] : [why]));
    if (unproven.length > 0) return { kind: "inconclusive", reason: unproven.join("; ") };
    const measured = outcomes.flatMap(({ evidence }) => (evidence == null ? [] : [evidence]));
    if (measured.length === 0) {
      return {
        kind: "not-applicable",
        reason: "no function takes ordinary users, so none can be flooded by one",
      };
    }
    return {
      kind: "pass",
      evidence: { limits: measured, servicesOnly: outcomes.flatMap(({ closed }) => closed ?? []) },
    };
  },
});

interface Outcome {
  readonly findings?: readonly Finding[];
  readonly unproven?: string;
  /** The slug, when users cannot call it at all: seen, not believed. */
  readonly closed?: string;
  readonly evidence?: { readonly slug: string; readonly after: number; readonly retryAfter: string };
}

async function probe(
  target: ProbeTarget,
  user: AppSession & { readonly userId: string },
  signal: AbortSignal,
): Promise<Outcome> {
  const { slug, probe: told } = target;
  const json = told == null ? {} : fillBody(told, user.userId);
  const first = await callFunction(user, target, { json });
  if (first.status === 401 || first.status === 403) {
    return told?.caller === "user"
      ? { unproven: `${slug} answers ${first.status} to the body in probe.functions` }
      : { closed: slug };
  }
  if (first.status >= 300 && first.status !== 429) {
    return {
      unproven: `${slug} answers ${first.status} to an ordinary call, so no limit was met: say in bee.config.yaml how it is called (probe.functions.${slug})`,
    };
  }
  const burst = await callUntilLimited(target, user, json, told?.burst ?? defaultBurst, signal);
  if (burst.odd != null)
    return { unproven: `${slug} answers ${burst.odd.status} in a burst, neither success nor 429` };
  if (burst.limited == null && burst.calls < (told?.burst ?? defaultBurst)) {
    return {
      unproven: `${slug} answered only ${burst.calls} calls in ${patienceMs / 1000} s, too few to meet its limit`,
    };
  }
  if (burst.limited == null) {
    return {
      findings: [
        finding(
          gate,
          `${slug}:no limit`,
          `${slug} answered ${burst.calls} calls of one user in a row without a 429`,
          `Count calls per user in the database and answer 429 with Retry-After; or raise probe.functions.${slug}.burst above the limit it has.`,
        ),
      ],
    };
  }
  const retryAfter = burst.limited.headers["retry-after"];
  if (retryAfter == null || !/^\d+$|GMT$/.test(retryAfter)) {
    return {
      findings: [
        finding(
          gate,
          `${slug}:retry-after`,
          `${slug} answers 429 without Retry-After`,
          "Say when to come back: Retry-After in seconds (RFC 9110, 10.2.3).",
        ),
      ],
    };
  }
  return { evidence: { slug, after: burst.calls, retryAfter } };
}

async function callUntilLimited(
  target: ProbeTarget,
  user: AppSession,
  json: unknown,
  burst: number,
  signal: AbortSignal,
): Promise<Burst> {
  const until = performance.now() + patienceMs;
  let calls = 0;
  let limited: AppReply | null = null;
  let odd: AppReply | null = null;
  await inTurn(
    Array.from({ length: burst }, (_, index) => index),
    async () => {
      if (limited != null || odd != null || signal.aborted || performance.now() > until) return;
      const reply = await callFunction(user, target, { json });
      calls += 1;
      if (reply.status === 429) limited ??= reply;
      else if (reply.status >= 300) odd ??= reply;
    },
    atOnce,
  );
  return { calls, limited, odd };
}
