import type { AppReply, AppSession, AppWatch } from "../ports/app-gateway.ts";
import { defineGate } from "../ports/gate.ts";
import { finding } from "./finding.ts";
import { pause } from "./pause.ts";
import { servingFunctions } from "./serving-functions.ts";

const calculator = "momentum-score-calculator";
const gate = "momentum-smoke";
const realtimePatienceMs = 10_000;
const schemaPatienceMs = 5_000;

/** What a day with these three events scores by algorithm v1.0 (15 + 10 + 3). */
const events = ["lesson_completion", "journal_entry", "app_session"];
const expected = { final_score: 28, momentum_state: "NeedsCare", events_count: 3, algorithm_version: "v1.0" };

type Check = (holds: boolean, subject: string, detail: string) => void;

/**
 * The app's main flow as its users live it (plan steps 1.2 and 5.2): log events, get the score, read it back,
 * see it arrive over realtime, and be refused another user's data. Asserts meaning, not status codes alone.
 */
export const momentumSmoke = defineGate({
  id: gate,
  title: "A user's events become a score that only they can see",
  readOnly: false,
  after: ["migrations.apply"],
  needs: ["app", "users"],
  check: async ({ ports, view, activated, signal }) => {
    if (!servingFunctions(view).includes(calculator)) {
      return { kind: "not-applicable", reason: `no function ${calculator} is to serve` };
    }
    const [owner, other] = await Promise.all([ports.users.get("a"), ports.users.get("b")]);
    const [ownWatch, otherWatch] = await Promise.all([
      owner.watch("daily_engagement_scores"),
      other.watch("daily_engagement_scores"),
    ]);
    try {
      const failures: string[][] = [];
      const check: Check = (holds, subject, detail) => {
        if (!holds) failures.push([subject, detail]);
      };
      const latencyMs = await runFlow({ owner, other, ownWatch, otherWatch, check, activated, signal });
      if (failures.length === 0)
        return { kind: "pass", evidence: { ...expected, realtimeLatencyMs: latencyMs } };
      return {
        kind: "fail",
        findings: failures.map(([subject = "", detail = ""]) =>
          finding(
            gate,
            subject,
            detail,
            `See the function's log: bee local logs functions, or the dashboard's`,
          ),
        ),
      };
    } finally {
      await Promise.all([ownWatch.close(), otherWatch.close()]);
    }
  },
});

interface Flow {
  readonly owner: AppSession & { readonly userId: string };
  readonly other: AppSession & { readonly userId: string };
  readonly ownWatch: AppWatch;
  readonly otherWatch: AppWatch;
  readonly check: Check;
  readonly activated: () => Promise<void>;
  readonly signal: AbortSignal;
}

async function runFlow({
  owner,
  other,
  ownWatch,
  otherWatch,
  check,
  activated,
  signal,
}: Flow): Promise<number> {
  const day = new Date().toISOString().slice(0, 10);
  const rows = events.map((event_type, index) => ({
    event_type,
    occurred_at: `${day}T00:00:0${index}Z`,
    idempotency_key: `bee-probe-${index}`,
  }));
  const log = (): Promise<AppReply> =>
    owner.send({
      method: "POST",
      path: "/rest/v1/engagement_events?on_conflict=user_id,idempotency_key",
      headers: { prefer: "resolution=ignore-duplicates,return=minimal" },
      json: rows,
    });
  const logged = await untilKnown(log, signal);
  check(logged.status === 201, "events", `a user cannot log events: ${describe(logged)}`);
  const replayed = await log();
  check(replayed.status < 300, "events:replay", `a replayed offline queue is refused: ${describe(replayed)}`);

  await activated();
  const started = performance.now();
  const scored = await untilKnown(() => invoke(owner, { target_date: day }), signal);
  check(scored.status === 200, "score", `the calculator answers ${describe(scored)}`);
  // Nothing was scored, so nothing can arrive: do not wait for it.
  if (scored.status !== 200) return 0;
  check(
    holdsScore(scored.body, owner.userId),
    "score:value",
    `the calculator says ${JSON.stringify(pick(scored.body))}, not ${JSON.stringify(expected)}`,
  );

  const arrival = ownWatch.next(({ record }) => record["user_id"] === owner.userId, realtimePatienceMs);
  const [own, foreign, refused, forged, change] = await Promise.all([
    owner.send({ path: `/rest/v1/daily_engagement_scores?select=*&score_date=eq.${day}` }),
    other.send({ path: `/rest/v1/daily_engagement_scores?select=*&user_id=eq.${owner.userId}` }),
    invoke(other, { user_id: owner.userId, target_date: day }),
    owner.send({
      method: "POST",
      path: "/rest/v1/daily_engagement_scores",
      json: {
        user_id: owner.userId,
        score_date: "2000-01-01",
        raw_score: 100,
        final_score: 100,
        momentum_state: "Rising",
        algorithm_version: "v1.0",
      },
    }),
    arrival,
  ]);
  const latencyMs = Math.round(performance.now() - started);
  const stored: readonly unknown[] = Array.isArray(own.body) ? own.body : [];
  check(
    stored.length === 1 && holdsScore(stored[0], owner.userId),
    "score:stored",
    `reading the score back gives ${describe(own)}`,
  );
  check(
    Array.isArray(foreign.body) && foreign.body.length === 0,
    "score:foreign",
    `another user reads the score: ${describe(foreign)}`,
  );
  check(
    refused.status === 403,
    "score:impersonation",
    `naming another user_id gets ${describe(refused)}, not 403`,
  );
  check(
    forged.status === 401 || forged.status === 403,
    "score:forged",
    `a user can write their own score: ${describe(forged)}`,
  );
  check(
    change != null,
    "realtime",
    `the score did not arrive over realtime within ${realtimePatienceMs / 1000} s`,
  );
  const leaked = await otherWatch.next(({ record }) => record["user_id"] === owner.userId, 0);
  check(leaked == null, "realtime:foreign", "another user saw the score over realtime");
  return latencyMs;
}

/**
 * The API answers 404 for a table or function of the database that it has not read yet, up to seconds after the
 * migration (and the calculator then 503): asked again until it knows it.
 */
async function untilKnown(ask: () => Promise<AppReply>, signal: AbortSignal): Promise<AppReply> {
  const deadline = performance.now() + schemaPatienceMs;
  for (;;) {
    const reply = await ask();
    const pending =
      reply.status === 404 || (reply.status === 503 && !JSON.stringify(reply.body).includes("BOOT_ERROR"));
    if (!pending || signal.aborted || performance.now() > deadline) return reply;
    await pause(50, signal);
  }
}

function invoke(session: AppSession, json: Record<string, unknown>): Promise<AppReply> {
  return session.send({ method: "POST", path: `/functions/v1/${calculator}`, json });
}

function pick(body: unknown): Record<string, unknown> {
  const row = body != null && typeof body === "object" ? (body as Record<string, unknown>) : {};
  return Object.fromEntries(Object.keys(expected).map((key) => [key, row[key]]));
}

function holdsScore(body: unknown, userId: string): boolean {
  const row = pick(body);
  const named = body != null && typeof body === "object" && "user_id" in body && body.user_id === userId;
  return named && Object.entries(expected).every(([key, value]) => row[key] === value);
}

function describe({ status, body }: AppReply): string {
  return `${status} ${typeof body === "string" ? body : JSON.stringify(body)}`.slice(0, 300);
}
