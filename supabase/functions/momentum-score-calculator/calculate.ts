import { isTimeZone, parseTargetDate } from "../../../src/core/momentum/calendar.ts";
import { type DayScore, scoreDay } from "../../../src/core/momentum/score-day.ts";
import { asArray } from "../_shared/fields.ts";
import { type Allowance, refuseWhenLimited } from "../_shared/rate-limit.ts";
import { invalid, Refusal } from "../_shared/refusal.ts";
import type { Rpc } from "../_shared/rest.ts";
import type { Call } from "../_shared/service.ts";
import { type MomentumInputs, parseInputs, type UserInputs } from "./inputs.ts";
import { assembleScore, parseSavedRow, type Score } from "./score.ts";

export const functionName = "momentum-score-calculator";

interface CalculationInput {
  readonly call: Call;
  readonly rpc: Rpc;
  readonly userIds: readonly string[];
  /** YYYY-MM-DD; null is each user's today. */
  readonly targetDate: string | null;
  readonly callerKey: string;
  readonly allowance: Allowance;
  readonly nowMs: () => number;
}

export type UserResult =
  | { readonly userId: string; readonly score: Score }
  | { readonly userId: string; readonly refusal: Refusal };

export interface Calculation {
  /** In the order the users were asked for. */
  readonly results: readonly UserResult[];
}

/** Two round trips for any number of users: read all inputs, write all scores. Repeatable. */
export async function calculate(input: CalculationInput): Promise<Calculation> {
  const { call, rpc, userIds, targetDate, allowance } = input;
  const answer = await rpc(
    "momentum_inputs",
    {
      p_user_ids: userIds,
      p_target_date: targetDate,
      p_caller: input.callerKey,
      p_per_minute: allowance.perMinute,
      p_burst: allowance.burst,
    },
    { deadline: call.deadline, repeatable: true },
  );
  refuseWhenLimited(answer);
  const inputs = parseInputs(answer);
  const judged = userIds.map((userId) => judgeUser(userId, inputs.users.get(userId), input.nowMs()));
  const days = judged.flatMap((one) => ("day" in one ? [one] : []));
  const saved = await save(input, inputs, days);
  return {
    results: judged.map((one): UserResult => {
      if ("refusal" in one) return one;
      const row = saved.get(one.userId);
      // Deleted between the two round trips.
      if (row === undefined) return { userId: one.userId, refusal: unknownUser() };
      return { userId: one.userId, score: assembleScore(row, one.inputs.history) };
    }),
  };
}

interface ScoredUser {
  readonly userId: string;
  readonly inputs: UserInputs;
  readonly day: DayScore;
}

function judgeUser(
  userId: string,
  inputs: UserInputs | undefined,
  nowMs: number,
): ScoredUser | { readonly userId: string; readonly refusal: Refusal } {
  if (inputs === undefined) return { userId, refusal: unknownUser() };
  const { scoreDate, timeZone, events, history } = inputs;
  // Postgres may know a zone that this runtime does not.
  const zone = timeZone !== null && isTimeZone(timeZone) ? timeZone : null;
  const date = parseTargetDate(scoreDate, { nowMs, timeZone: zone });
  if ("issue" in date) return { userId, refusal: invalid({ field: "target_date", problem: date.issue }) };
  return { userId, inputs, day: scoreDay({ events, history, targetDate: scoreDate }) };
}

async function save(
  { call, rpc, nowMs }: CalculationInput,
  { readAt }: MomentumInputs,
  scored: readonly ScoredUser[],
): Promise<ReadonlyMap<string, ReturnType<typeof parseSavedRow>>> {
  if (scored.length === 0) return new Map();
  const answer = await rpc(
    "save_momentum_scores",
    {
      p_scores: scored.map(({ userId, inputs, day }) => ({
        user_id: userId,
        score_date: inputs.scoreDate,
        raw_score: day.rawScore,
        final_score: day.finalScore,
        momentum_state: day.state,
        breakdown: day.breakdown,
        events_count: day.eventsCount,
        algorithm_version: day.algorithmVersion,
      })),
      p_read_at: readAt,
      p_function_name: functionName,
      p_execution_time_ms: Math.round(nowMs() - call.startedAtMs),
    },
    { deadline: call.deadline, repeatable: true },
  );
  const rows = asArray(answer).map(parseSavedRow);
  return new Map(rows.map((row) => [row.userId, row]));
}

function unknownUser(): Refusal {
  return new Refusal({ status: 404, code: "user_not_found", message: "There is no such user" });
}
