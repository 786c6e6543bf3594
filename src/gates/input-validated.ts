import type { Finding } from "../core/verdict.ts";
import type { AppReply, AppSession } from "../ports/app-gateway.ts";
import { defineGate, type GateContext } from "../ports/gate.ts";
import { assembleBentBodies, type BentBody } from "./bent-bodies.ts";
import { finding } from "./finding.ts";
import { callFunction, fillBody, inTurn, type ProbeTarget, probeTargets } from "./probe-target.ts";
import { isRefusal } from "./strangers.ts";

const gate = "input-validated";

/**
 * Each function gets what its contract does not know, from a caller it knows (plan: "input validation"): 4xx always,
 * neither 5xx nor success. The body it does accept is sent too: refusals say nothing of one that refuses everything.
 */
export const inputValidated = defineGate({
  id: gate,
  title: "Functions refuse malformed input",
  readOnly: false,
  needs: ["app", "users"],
  check: async (ctx) => {
    const targets = probeTargets(ctx);
    if (targets.length === 0) return { kind: "not-applicable", reason: "no function is to serve" };
    const outcomes = await Promise.all(targets.map((target) => fuzz(target, ctx)));
    const findings = outcomes.flatMap((outcome) => outcome.findings);
    if (findings.length > 0) return { kind: "fail", findings };
    const unproven = outcomes.flatMap(({ unproven: why }) => (why == null ? [] : [why]));
    if (unproven.length > 0) return { kind: "inconclusive", reason: unproven.join("; ") };
    return {
      kind: "pass",
      evidence: {
        refused: Object.fromEntries(outcomes.map(({ slug, tried }) => [slug, tried])),
        withoutValidBody: targets.filter(({ probe }) => probe == null).map(({ slug }) => slug),
      },
    };
  },
});

interface Outcome {
  readonly slug: string;
  readonly tried: number;
  readonly findings: readonly Finding[];
  readonly unproven: string | null;
}

async function fuzz(
  target: ProbeTarget,
  { ports }: Pick<GateContext<"app" | "users">, "ports">,
): Promise<Outcome> {
  const { slug, probe } = target;
  const user = await ports.users.get("input");
  const session: AppSession = probe?.caller === "service" ? ports.app.service() : user;
  const body = probe == null ? null : fillBody(probe, user.userId);
  const bodies = assembleBentBodies(body, probe?.optional ?? []);
  const [control, replies] = await Promise.all([
    body == null ? null : callFunction(session, target, { json: body }),
    inTurn(bodies, ({ text, contentType }) =>
      callFunction(session, target, { text, headers: { "content-type": contentType } }),
    ),
  ]);
  const findings = bodies.flatMap((bent, index) => judge(slug, bent, replies[index]));
  return { slug, tried: bodies.length, findings, unproven: findUnproven(slug, control, replies) };
}

function judge(slug: string, bent: BentBody, reply: AppReply | undefined): readonly Finding[] {
  if (reply == null) throw new Error(`${slug} left a call unanswered`);
  const ok = bent.wanted === "refused" ? isRefusal(reply) : reply.status < 500;
  if (ok) return [];
  return [
    finding(
      gate,
      `${slug}:${bent.name}`,
      `${slug} answers ${reply.status} to ${bent.name}`,
      reply.status >= 500
        ? "Check the body against a schema before it is used, and answer 400 for what does not fit."
        : "Refuse it with 400, 413 or 415: check size, content type, shape, types and unknown fields.",
    ),
  ];
}

/** Refusals that come from the caller check, or from a function that takes nothing at all, prove nothing. */
function findUnproven(slug: string, control: AppReply | null, replies: readonly AppReply[]): string | null {
  if (control != null && isRefusal(control)) {
    return `${slug} answers ${control.status} to the body that probe.functions.${slug} says it accepts`;
  }
  if (control == null && replies.every(({ status }) => status === 401 || status === 403)) {
    return `${slug} turns ordinary users away before it reads the body: say in bee.config.yaml how it is called (probe.functions.${slug})`;
  }
  return null;
}
