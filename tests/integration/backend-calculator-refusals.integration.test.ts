import { randomUUID } from "node:crypto";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import {
  type AppUser,
  type DeployedBackend,
  deployBackend,
  type FunctionCall,
} from "../support/deployed-backend.ts";

const slug = "momentum-score-calculator";

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

  it("says 503 in time when the database is held up", async () => {
    await backend.db.query("begin");
    await backend.db.query("lock table public.daily_engagement_scores in access exclusive mode");
    const started = performance.now();
    const answer = await calculate();
    await backend.db.query("rollback");
    expect([answer.status, answer.body.error.code]).toEqual([503, "database_unavailable"]);
    expect(answer.headers.get("retry-after")).toBe("2");
    expect(performance.now() - started).toBeLessThan(11_000);
  });

  it("says 503 when the database lacks a migration", async () => {
    await backend.db.query("alter function public.momentum_inputs rename to momentum_inputs_away");
    const answer = await calculate();
    await backend.db.query("alter function public.momentum_inputs_away rename to momentum_inputs");
    expect([answer.status, answer.body.error.code]).toEqual([503, "database_outdated"]);
    await expect.poll(async () => (await calculate()).status, { timeout: 10_000 }).toBe(200);
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
