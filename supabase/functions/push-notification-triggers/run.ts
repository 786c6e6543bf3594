import { asArray, asNumber, asRecord, asString } from "../_shared/fields.ts";
import { callerKey, refuseWhenLimited } from "../_shared/rate-limit.ts";
import { Refusal } from "../_shared/refusal.ts";
import type { Rpc } from "../_shared/rest.ts";
import { type Candidates, parseCandidates } from "./candidates.ts";
import { type Decided, decideAll } from "./decide.ts";
import type { Fcm } from "./fcm.ts";
import { type DeadToken, type Outcome, sendAll } from "./send-all.ts";
import { Tally } from "./tally.ts";

export const functionName = "push-notification-triggers";

interface RunInput {
  readonly rpc: Rpc;
  readonly fcm: Fcm;
  /** Null: all users, in the order of their ids. */
  readonly userId: string | null;
  readonly after: string | null;
  /** Messages are checked by FCM and not delivered; nothing is written down. */
  readonly dryRun: boolean;
  readonly nowMs: () => number;
  readonly newId: () => string;
  /** No new users after this (ms). */
  readonly until: number;
  readonly deadline: AbortSignal;
}

export interface RunReport {
  readonly tally: Tally;
  /** Where to go on when the time was up; null when everybody was looked at. */
  readonly nextAfter: string | null;
  readonly stopped: boolean;
}

const usersPerPart = 200;
const allowance = { perMinute: 600, burst: 600 };

/** Read, decide, claim, send, record: part by part, until all users are through or the time is up. */
export async function run(input: RunInput): Promise<RunReport> {
  const tally = new Tally();
  let after = input.after;
  for (;;) {
    const candidates = await readCandidates(input, after);
    if (input.userId !== null && candidates.found === 0) {
      throw new Refusal({ status: 404, code: "user_not_found", message: "There is no such user" });
    }
    tally.add("users_examined", candidates.found);
    const stopped = await runPart(input, candidates, tally);
    after = candidates.nextAfter;
    if (stopped || after === null || input.nowMs() > input.until) return { tally, nextAfter: after, stopped };
  }
}

async function readCandidates(
  { rpc, userId, deadline }: RunInput,
  after: string | null,
): Promise<Candidates> {
  const answer = await rpc(
    "notification_candidates",
    {
      p_user_id: userId,
      p_after: after,
      p_limit: usersPerPart,
      p_caller: callerKey(functionName, { kind: "service" }),
      p_per_minute: allowance.perMinute,
      p_burst: allowance.burst,
    },
    { deadline, repeatable: true },
  );
  refuseWhenLimited(answer);
  return parseCandidates(answer);
}

/** True when nothing more can be sent in this run. */
async function runPart(input: RunInput, candidates: Candidates, tally: Tally): Promise<boolean> {
  const decided = decideAll(candidates.users, input.nowMs(), input.newId, tally);
  if (decided.outgoing.length > 0) await input.fcm.prepare(input.deadline);
  const claimed = input.dryRun ? null : await claim(input, decided, candidates.readAt);
  tally.add("interventions", claimed?.interventions ?? 0);
  const outgoing = decided.outgoing.filter(({ id }) => {
    if (claimed === null || claimed.ids.has(id)) return true;
    tally.because("overtaken", "claimed-elsewhere");
    return false;
  });
  if (outgoing.length === 0) return false;
  const report = await sendAll(outgoing, input);
  for (const { status, error } of report.outcomes) {
    if (status === "sent") tally.add("sent");
    else tally.because(status === "failed" ? "failed" : "lost", error ?? "unknown");
  }
  if (!input.dryRun) {
    tally.add("tokens_deactivated", report.deadTokens.length);
    await record(input, report.outcomes, report.deadTokens);
  }
  return report.stopped;
}

async function claim({ rpc, deadline }: RunInput, { outgoing, scheduled }: Decided, readAt: string) {
  if (outgoing.length + scheduled.length === 0) return { ids: new Set<string>(), interventions: 0 };
  const answer = asRecord(
    await rpc(
      "claim_notifications",
      {
        p_notifications: outgoing.map(({ id, userId, decision: { type, message, ...trigger } }) => ({
          id,
          user_id: userId,
          type,
          trigger_date: trigger.triggerDate,
          trigger_score: trigger.triggerScore,
          trigger_state: trigger.triggerState,
          title: message.title,
          body: message.body,
          action: { type: message.action_type, data: message.action_data },
        })),
        p_interventions: scheduled.map(({ userId, intervention }) => ({
          user_id: userId,
          type: intervention.type,
          trigger_date: intervention.triggerDate,
          streak_start: intervention.streakStart,
          streak_days: intervention.streakDays,
        })),
        p_read_at: readAt,
      },
      // Claiming again would find one's own rows and send nothing.
      { deadline, repeatable: false },
    ),
  );
  return {
    ids: new Set(asArray(answer["claimed"]).map(asString)),
    interventions: asNumber(answer["interventions"]),
  };
}

async function record(
  { rpc, deadline }: RunInput,
  outcomes: readonly Outcome[],
  deadTokens: readonly DeadToken[],
): Promise<void> {
  await rpc(
    "record_notification_outcomes",
    {
      p_outcomes: outcomes.map(({ id, status, messageId, error }) => ({
        id,
        status,
        message_id: messageId,
        error,
      })),
      p_dead_tokens: deadTokens,
    },
    { deadline, repeatable: true },
  );
}
