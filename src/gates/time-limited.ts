import type { Finding } from "../core/verdict.ts";
import type { AppReply, AppSession } from "../ports/app-gateway.ts";
import { defineGate } from "../ports/gate.ts";
import { finding } from "./finding.ts";
import { pause } from "./pause.ts";
import { callFunction, fillBody, type ProbeTarget, probeTargets } from "./probe-target.ts";

const gate = "time-limited";

/** As long as a user may be kept waiting for an answer of any kind. */
const limitMs = 12_000;

/** Faster than this, the function did not come upon the held row. */
const unheldMs = 1_000;

/** Blocks every write that refers to the user (foreign keys take a key share lock of the row), and nothing else. */
const holdSql = "select 1 from auth.users where id = $1 for update";

interface Held {
  readonly slug: string;
  readonly ms: number;
  /** Null when nothing came within the limit. */
  readonly reply: AppReply | null;
}

/**
 * A database that hangs, for one synthetic user alone: their row is held while each function is called for them
 * (plan: "function timeouts configured"). The function must cut its own call and answer; the platform would only
 * after 150 s (docs: Edge Functions, limits).
 */
export const timeLimited = defineGate({
  id: gate,
  title: "Functions give up on what hangs",
  readOnly: false,
  needs: ["app", "users", "database"],
  check: async (ctx) => {
    const targets = probeTargets(ctx).filter(({ probe }) => probe != null);
    const all = probeTargets(ctx);
    if (all.length === 0) return { kind: "not-applicable", reason: "no function is to serve" };
    const { ports, signal } = ctx;
    const user = await ports.users.get("held");
    const held = await ports.database.rehearse(async (rehearsal) => {
      const rows = await rehearsal.query(holdSql, [user.userId]);
      if (rows.length !== 1) throw new Error("the synthetic user's row cannot be held");
      return Promise.all(
        targets.map((target) =>
          callHeld(
            target,
            target.probe?.caller === "service" ? ports.app.service() : user,
            user.userId,
            signal,
          ),
        ),
      );
    });
    const findings = held.flatMap(judge);
    if (findings.length > 0) return { kind: "fail", findings };
    const cut = held.filter(({ ms }) => ms >= unheldMs);
    if (cut.length === 0) {
      return {
        kind: "inconclusive",
        reason: `no function came upon the row that was held, so none was seen to give up: ${all.map(({ slug }) => slug).join(", ")}`,
      };
    }
    const shown = ({ slug, ms, reply }: Held): Record<string, unknown> => ({
      slug,
      status: reply?.status,
      ms: Math.round(ms),
    });
    return {
      kind: "pass",
      evidence: {
        gaveUp: cut.map(shown),
        answeredAtOnce: held.filter((one) => !cut.includes(one)).map(shown),
        notCalled: all.filter(({ probe }) => probe == null).map(({ slug }) => slug),
      },
    };
  },
});

async function callHeld(
  target: ProbeTarget,
  session: AppSession,
  userId: string,
  signal: AbortSignal,
): Promise<Held> {
  const { slug, probe } = target;
  const started = performance.now();
  const json = probe == null ? {} : fillBody(probe, userId);
  const reply = await Promise.race([
    callFunction(session, target, { json }),
    pause(limitMs, signal).then(() => null),
  ]);
  return { slug, ms: performance.now() - started, reply };
}

function judge({ slug, ms, reply }: Held): readonly Finding[] {
  const fix =
    "Give each call to the outside a time limit, fetch(url, { signal: AbortSignal.timeout(8000) }), and answer 503 with Retry-After when it passes.";
  if (reply == null) {
    return [
      finding(
        gate,
        `${slug}:hangs`,
        `${slug} still waits after ${limitMs / 1000} s for a database that hangs`,
        fix,
      ),
    ];
  }
  if (ms < unheldMs || (reply.status >= 500 && reply.status !== 504 && reply.status !== 546)) return [];
  if (reply.status < 400) return [];
  return [
    finding(
      gate,
      `${slug}:cut`,
      `${slug} answers ${reply.status} after ${Math.round(ms / 1000)} s: the platform cut it, not the function`,
      fix,
    ),
  ];
}
