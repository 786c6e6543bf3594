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

describe("what is refused, and how", () => {
  const issues: readonly (readonly [string, unknown, string])[] = [
    ["a user_id that is no UUID", { user_id: "test" }, "user_id"],
    ["a user_id that is a number", { user_id: 7 }, "user_id"],
    ["SQL for a user_id", { user_id: "'; drop table auth.users; --" }, "user_id"],
    ["a date that is none", { target_date: "2025-02-30" }, "target_date"],
    ["a date in words", { target_date: "yesterday" }, "target_date"],
    ["a date as a number", { target_date: 20_250_101 }, "target_date"],
    ["a date far ahead", { target_date: "2999-01-01" }, "target_date"],
    ["a date long gone", { target_date: "2019-01-01" }, "target_date"],
    ["an unknown field", { final_score: 100 }, "final_score"],
    ["a list", [], "body"],
    ["half a document", '{"user_id":', "body"],
    ["a very deep document", "[".repeat(8000), "body"],
  ];
  it.each(issues)("%s: 400 names the field", async (_, body, field) => {
    const answer = await calculate({ body });
    expect(answer.status).toBe(400);
    expect(answer.body.error).toEqual({
      code: "invalid_request",
      message: expect.stringContaining(field),
      request_id: answer.headers.get("x-request-id"),
      issues: [{ field, problem: expect.any(String) }],
    });
    expect(JSON.stringify(answer.body)).not.toMatch(/select|postgres|\.ts|at .*\(|PGRST/i);
  });

  it("needs to be told whose score a service wants", async () => {
    const answer = await calculate({ headers: backend.service, body: {} });
    expect({ status: answer.status, issues: answer.body.error.issues }).toEqual({
      status: 400,
      issues: [{ field: "user_id", problem: "is required of a service" }],
    });
  });

  it("405, 404, 413 and 415", async () => {
    const wrongMethod = await calculate({ method: "PUT", body: {} });
    expect([wrongMethod.status, wrongMethod.headers.get("allow")]).toEqual([405, "POST, OPTIONS"]);
    expect((await calculate({ path: "/recalculate", body: {} })).status).toBe(404);
    expect((await calculate({ body: { user_id: "x".repeat(20_000) } })).status).toBe(413);
    expect(
      (await calculate({ headers: { ...ana.headers, "content-type": "text/plain" }, body: "{}" })).status,
    ).toBe(415);
  });
});

describe("a batch", () => {
  it("answers for each user, and is no success when one has no score", async () => {
    const [ben, gone] = [await backend.signUp(), randomUUID()];
    const whole = await calculate({
      path: "/batch",
      headers: backend.service,
      body: { user_ids: [ana.id, ben.id] },
    });
    expect(whole.status).toBe(200);
    expect(whole.body).toMatchObject({
      succeeded: 2,
      failed: 0,
      results: [{ user_id: ana.id, final_score: 0 }, { user_id: ben.id }],
    });
    const partly = await calculate({
      path: "/batch",
      headers: backend.service,
      body: { user_ids: [gone, ana.id] },
    });
    expect(partly.status).toBe(422);
    expect(partly.body).toMatchObject({
      error: { code: "batch_incomplete", message: "1 of 2 users have no score" },
      succeeded: 1,
      failed: 1,
      results: [
        { user_id: gone, error: { code: "user_not_found" } },
        { user_id: ana.id, final_score: 0 },
      ],
    });
  });

  it("is for services, and for 1 to 100 different users", async () => {
    expect((await calculate({ path: "/batch", body: { user_ids: [ana.id] } })).status).toBe(403);
    const fieldsOf = async (user_ids: unknown) =>
      (
        await calculate({ path: "/batch", headers: backend.service, body: { user_ids } })
      ).body.error.issues.map((one: { field: string }) => one.field);
    expect(await fieldsOf([])).toEqual(["user_ids"]);
    expect(await fieldsOf(Array.from({ length: 101 }, () => randomUUID()))).toEqual(["user_ids"]);
    expect(await fieldsOf([ana.id, "x", ana.id.toUpperCase()])).toEqual(["user_ids[1]", "user_ids[2]"]);
    expect(await fieldsOf(undefined)).toEqual(["user_ids"]);
  });
});

describe("under pressure", () => {
  it("says 429 and when to come back, to that caller alone", async () => {
    await backend.setSecrets({ CALCULATOR_CALLS_PER_MINUTE: "5" });
    const ben = await backend.signUp();
    const answers = [];
    for (let i = 0; i < 7; i++) answers.push(await calculate());
    expect(answers.map(({ status }) => status)).toEqual([200, 200, 200, 200, 200, 429, 429]);
    const refused = answers[5];
    expect(refused?.body.error.code).toBe("rate_limited");
    const seconds = Number(refused?.headers.get("retry-after"));
    expect(seconds).toBeGreaterThan(0);
    expect(seconds).toBeLessThanOrEqual(12);
    expect((await calculate({ headers: ben.headers })).status).toBe(200);
    await backend.setSecrets({ CALCULATOR_CALLS_PER_MINUTE: null });
  });

  it("says 503 naming a setting that is wrong", async () => {
    await backend.setSecrets({ CALCULATOR_CALLS_PER_MINUTE: "many" });
    const answer = await calculate();
    await backend.setSecrets({ CALCULATOR_CALLS_PER_MINUTE: null });
    expect([answer.status, answer.body.error.code]).toEqual([503, "not_configured"]);
    expect(answer.body.error.message).toContain("CALCULATOR_CALLS_PER_MINUTE");
  });

  it("says 503 when the database is behind, and when it is held up", async () => {
    await backend.db.query("alter function public.momentum_inputs rename to momentum_inputs_away");
    await expect
      .poll(async () => (await calculate()).body.error?.code, { timeout: 10_000 })
      .toBe("database_outdated");
    await backend.db.query("alter function public.momentum_inputs_away rename to momentum_inputs");
    await expect.poll(async () => (await calculate()).status, { timeout: 10_000 }).toBe(200);

    await backend.db.query("begin");
    await backend.db.query("lock table public.daily_engagement_scores in access exclusive mode");
    const started = performance.now();
    const answer = await calculate();
    await backend.db.query("rollback");
    expect([answer.status, answer.body.error.code]).toEqual([503, "database_unavailable"]);
    expect(answer.headers.get("retry-after")).toBe("2");
    expect(performance.now() - started).toBeLessThan(11_000);
  });
});

describe("the health route", () => {
  it("needs no key and tells the version", async () => {
    const answer = await calculate({ method: "GET", path: "/health", headers: {} });
    expect(answer.status).toBe(200);
    expect(answer.body).toEqual({
      status: "ok",
      function: slug,
      algorithm_version: "v1.0",
      deployment_id: expect.stringContaining(backend.state.projectRef),
    });
  });
});
