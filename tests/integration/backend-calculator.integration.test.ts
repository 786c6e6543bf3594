import { randomUUID } from "node:crypto";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { type HistoryDay, scoreDay } from "../../src/core/momentum/score-day.ts";
import {
  type AppUser,
  type DeployedBackend,
  deployBackend,
  type FunctionCall,
} from "../support/deployed-backend.ts";

const slug = "momentum-score-calculator";
const today = new Date().toISOString().slice(0, 10);
const day = (offset: number) => new Date(Date.parse(today) + offset * 86_400_000).toISOString().slice(0, 10);

let backend: DeployedBackend;
let ana: AppUser;

beforeAll(async () => {
  backend = await deployBackend();
});
afterAll(() => backend.stop());
beforeEach(async () => {
  ana = await backend.signUp();
});

const calculate = (call: FunctionCall = {}) => backend.call(slug, { headers: ana.headers, ...call });

async function addEvents(userId: string, types: readonly string[], at = `${today}T00:00:00Z`): Promise<void> {
  await backend.db.query(
    "insert into public.engagement_events (user_id, event_type, occurred_at) select $1, unnest($2::text[]), $3",
    [userId, types, at],
  );
}

async function addHistory(userId: string, history: readonly HistoryDay[]): Promise<void> {
  for (const { date, finalScore, state } of history) {
    await backend.db.query(
      `insert into public.daily_engagement_scores (user_id, score_date, raw_score, final_score, momentum_state, algorithm_version)
       values ($1, $2, 0, $3, $4, 'v1.0')`,
      [userId, date, finalScore, state],
    );
  }
}

const storedRows = async (userId: string) =>
  (
    await backend.db.query(
      "select to_jsonb(s) as row from public.daily_engagement_scores s where user_id = $1 order by score_date",
      [userId],
    )
  ).rows.map(({ row }) => row);

describe("a user's score", () => {
  it("is the reference number, stored once however often it is asked for", async () => {
    await addEvents(ana.id, ["lesson_completion", "journal_entry", "app_session"]);
    const first = await calculate({ body: { user_id: ana.id, target_date: new Date().toISOString() } });
    expect(first.status).toBe(200);
    expect(first.body).toEqual({
      user_id: ana.id,
      score_date: today,
      momentum_state: "NeedsCare",
      final_score: 28,
      raw_score: 28,
      breakdown: {
        total_events: 3,
        events_by_type: { app_session: 1, journal_entry: 1, lesson_completion: 1 },
        points_by_type: { app_session: 3, journal_entry: 10, lesson_completion: 15 },
        raw_score: 28,
        final_score: 28,
        decay_adjustment: 0,
        top_activities: [
          { type: "lesson_completion", points: 15, count: 1 },
          { type: "journal_entry", points: 10, count: 1 },
          { type: "app_session", points: 3, count: 1 },
        ],
        unknown_types: [],
      },
      events_count: 3,
      algorithm_version: "v1.0",
      calculated_at: expect.stringMatching(/^\d{4}-\d{2}-\d{2}T/),
      trend: [{ score_date: today, final_score: 28, momentum_state: "NeedsCare" }],
    });
    const rows = await storedRows(ana.id);
    expect((await calculate()).body).toEqual(first.body);
    expect(await storedRows(ana.id)).toEqual(rows);
    expect(rows).toHaveLength(1);
  });

  it("weighs the days before and answers with the last seven of them", async () => {
    const history = Array.from({ length: 32 }, (_, i) => ({
      date: day(-1 - i),
      finalScore: 90 - i,
      state: "Rising" as const,
    }));
    await addHistory(ana.id, history);
    const types = [
      "coach_interaction",
      "goal_completion",
      "lesson_completion",
      "journal_entry",
      "unheard_of",
    ];
    await addEvents(ana.id, types);
    const expected = scoreDay({
      events: types.map((type) => ({ type, occurredAt: today })),
      history,
      targetDate: today,
    });
    const { body } = await calculate();
    expect(body).toMatchObject({
      raw_score: 64,
      final_score: expected.finalScore,
      momentum_state: expected.state,
      breakdown: expected.breakdown,
    });
    expect(body.trend.map((one: { score_date: string }) => one.score_date)).toEqual(
      [-6, -5, -4, -3, -2, -1, 0].map(day),
    );
  });

  it("counts the events of the day in the user's own time zone", async () => {
    await backend.db.query(
      "insert into public.notification_preferences (user_id, time_zone) values ($1, 'Pacific/Kiritimati')",
      [ana.id],
    );
    await addEvents(ana.id, ["goal_setting"], `${day(-2)}T11:00:00Z`);
    await addEvents(ana.id, ["journal_entry"], `${day(-2)}T09:00:00Z`);
    const { body } = await calculate({ body: { target_date: day(-1) } });
    expect(body).toMatchObject({ score_date: day(-1), raw_score: 12, events_count: 1 });
  });

  it("takes tomorrow from a device far east of a profile without a zone, and not from one with a zone", async () => {
    const isAheadSomewhere = new Date(Date.now() + 14 * 3_600_000).toISOString().slice(0, 10) !== today;
    const tomorrow = await calculate({ body: { target_date: day(1) } });
    expect(tomorrow.status).toBe(isAheadSomewhere ? 200 : 400);
    await backend.db.query(
      "insert into public.notification_preferences (user_id, time_zone) values ($1, 'Pacific/Pago_Pago')",
      [ana.id],
    );
    const refused = await calculate({ body: { target_date: day(1) } });
    expect(refused.status).toBe(400);
    expect(refused.body.error.issues).toEqual([
      { field: "target_date", problem: expect.stringContaining("must not be later than today") },
    ]);
  });

  it("is one row and one number when many ask at once", async () => {
    await addEvents(ana.id, ["journal_entry"]);
    const answers = await Promise.all(Array.from({ length: 20 }, () => calculate()));
    expect(new Set(answers.map(({ status, body }) => `${status} ${body.final_score}`))).toEqual(
      new Set(["200 10"]),
    );
    expect(await storedRows(ana.id)).toHaveLength(1);
  });
});

describe("who may ask", () => {
  it("lets a user ask for nobody else, and the service for anybody", async () => {
    const ben = await backend.signUp();
    const refused = await calculate({ body: { user_id: ben.id } });
    expect(refused.status).toBe(403);
    expect(refused.body.error.code).toBe("forbidden");
    expect(await storedRows(ben.id)).toEqual([]);
    for (const headers of [
      backend.service,
      { apikey: backend.state.secretKey },
      { authorization: `Bearer ${backend.state.secretKey}` },
    ]) {
      expect((await calculate({ headers, body: { user_id: ben.id } })).status).toBe(200);
    }
  });

  it("answers 401 to whoever proves nothing", async () => {
    const { publishableKey, anonKey } = backend.state;
    const token = ana.headers["authorization"]?.slice("Bearer ".length) ?? "";
    const [head, body, signature] = token.split(".");
    const now = Math.floor(Date.now() / 1000);
    const unsigned = `${Buffer.from('{"alg":"none"}').toString("base64url")}.${body}.`;
    const other = Buffer.from(
      JSON.stringify({ ...JSON.parse(Buffer.from(body ?? "", "base64url").toString()), sub: randomUUID() }),
    );
    const tokens = {
      "no key at all": {},
      "the publishable key": { apikey: publishableKey },
      "the publishable key as a token": { apikey: publishableKey, authorization: `Bearer ${publishableKey}` },
      "the anon key": { apikey: anonKey, authorization: `Bearer ${anonKey}` },
      "no token": { apikey: publishableKey, authorization: "Bearer nonsense" },
      "alg none": { authorization: `Bearer ${unsigned}` },
      "another sub": { authorization: `Bearer ${head}.${other.toString("base64url")}.${signature}` },
      "an expired token": {
        authorization: `Bearer ${await backend.sign({ sub: ana.id, iat: now - 7200, exp: now - 3600 })}`,
      },
      "another issuer": {
        authorization: `Bearer ${await backend.sign({ sub: ana.id, iss: "https://other.supabase.co/auth/v1" })}`,
      },
      "another role": {
        authorization: `Bearer ${await backend.sign({ sub: ana.id, role: "service_role" })}`,
      },
    };
    for (const [what, headers] of Object.entries(tokens)) {
      const answer = await calculate({ headers, body: { user_id: ana.id } });
      expect({ what, status: answer.status, code: answer.body.error.code }).toEqual({
        what,
        status: 401,
        code: "unauthorized",
      });
      expect(answer.headers.get("www-authenticate")).toContain("Bearer");
    }
    expect(
      (await calculate({ headers: { authorization: `Bearer ${await backend.sign({ sub: ana.id })}` } }))
        .status,
    ).toBe(200);
  });

  it("finds no user who is gone", async () => {
    const unknown = await calculate({ headers: backend.service, body: { user_id: randomUUID() } });
    expect(unknown.status).toBe(404);
    expect(unknown.body.error.code).toBe("user_not_found");
    await backend.db.query("delete from auth.users where id = $1", [ana.id]);
    expect((await calculate()).status).toBe(404);
  });
});
