export const scenarios = ["momentum-calculator", "event-ingestion", "mixed-day"] as const;
export type Scenario = (typeof scenarios)[number];

/** A call as one of the app's users makes it. */
export interface LoadCall {
  readonly endpoint: string;
  readonly isFunction: boolean;
  readonly method: "GET" | "POST";
  /** Below the project's URL. */
  readonly path: string;
  readonly json: object | null;
  readonly headers: Readonly<Record<string, string>>;
  /** Which of the synthetic users makes it. */
  readonly user: number;
  readonly accepts: readonly number[];
  /** What a right answer has in it: 200 alone is no success. */
  readonly contains: string | null;
}

const eventTypes = ["lesson_completion", "journal_entry", "app_session", "resource_access", "goal_setting"];

/** Of twenty calls of a day: thirteen log events, four read scores back, three calculate. */
const day = "iirciiriiciiriiciiri";

/** The n-th call of a scenario: the same for the same n, spread evenly over the users. `run` makes its keys unique. */
export function assembleCall(scenario: Scenario, n: number, users: number, run: string): LoadCall {
  const user = n % users;
  const kind = scenario === "mixed-day" ? day[Math.floor(n / users) % day.length] : null;
  if (scenario === "momentum-calculator" || kind === "c") return calculate(user);
  return kind === "r" ? readScores(user) : logEvent(user, n, run);
}

function calculate(user: number): LoadCall {
  return {
    endpoint: "momentum-score-calculator",
    isFunction: true,
    method: "POST",
    path: "/functions/v1/momentum-score-calculator",
    json: {},
    headers: {},
    user,
    accepts: [200],
    contains: '"final_score"',
  };
}

function logEvent(user: number, n: number, run: string): LoadCall {
  return {
    endpoint: "engagement_events",
    isFunction: false,
    method: "POST",
    path: "/rest/v1/engagement_events",
    json: { event_type: eventTypes[n % eventTypes.length], idempotency_key: `bee-load-${run}-${n}` },
    headers: { prefer: "return=minimal" },
    user,
    accepts: [201],
    contains: null,
  };
}

function readScores(user: number): LoadCall {
  return {
    endpoint: "daily_engagement_scores",
    isFunction: false,
    method: "GET",
    path: "/rest/v1/daily_engagement_scores?select=score_date,final_score,momentum_state&order=score_date.desc&limit=30",
    json: null,
    headers: {},
    user,
    accepts: [200],
    contains: "[",
  };
}

/**
 * How many synthetic users keep a run under the calculator's limit per user (300 at once and 300 a minute by default),
 * with a fifth to spare. At most 100: making them is work for the target too.
 */
export function countUsers(planned: number, durationMs: number): number {
  const each = (300 + 5 * (durationMs / 1000)) * 0.8;
  return Math.min(100, Math.max(4, Math.ceil(planned / each)));
}
