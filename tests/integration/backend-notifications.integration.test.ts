import { randomUUID } from "node:crypto";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import {
  type AppUser,
  type DeployedBackend,
  deployBackend,
  type FunctionCall,
} from "../support/deployed-backend.ts";
import { type FakeGoogle, fcmError, startFakeGoogle } from "../support/fake-google.ts";

const slug = "push-notification-triggers";
const day = (offset: number) => new Date(Date.now() + offset * 86_400_000).toISOString().slice(0, 10);

let backend: DeployedBackend;
let google: FakeGoogle;

beforeAll(async () => {
  [backend, google] = await Promise.all([deployBackend(), startFakeGoogle()]);
  await useServiceAccount();
});
afterAll(() => Promise.all([backend.stop(), google.close()]));

beforeEach(async () => {
  await backend.db.query("delete from auth.users");
  google.sent.length = 0;
  google.tokenAnswer = null;
  google.answer = () => ({ status: 200, body: { name: `projects/bee-test/messages/${google.sent.length}` } });
});

const useServiceAccount = () =>
  backend.setSecrets({
    FCM_SERVICE_ACCOUNT: JSON.stringify(google.serviceAccount),
    FCM_ENDPOINT: google.url,
  });

const trigger = (call: FunctionCall = {}) => backend.call(slug, { headers: backend.service, ...call });

/** Somebody with a phone who has been doing badly (or well) for some days. */
async function createUser({ scores = [30, 30], state = "NeedsCare", devices = 1 } = {}): Promise<string> {
  const id = randomUUID();
  await backend.db.query("insert into auth.users (id) values ($1)", [id]);
  for (const [index, score] of scores.entries()) {
    await backend.db.query(
      `insert into public.daily_engagement_scores (user_id, score_date, raw_score, final_score, momentum_state, algorithm_version)
       values ($1, $2, $3, $3, $4, 'v1.0')`,
      [id, day(-index), score, state],
    );
  }
  for (const platform of ["android", "ios", "web"].slice(0, devices)) {
    await backend.db.query(
      "insert into public.user_fcm_tokens (user_id, platform, token) values ($1, $2, $3)",
      [id, platform, `${platform}-token-of-${id}`],
    );
  }
  return id;
}

const notifications = async (userId: string) =>
  (
    await backend.db.query(
      "select type, status, message_id, error, trigger_date::text, trigger_state from public.momentum_notifications where user_id = $1 order by created_at",
      [userId],
    )
  ).rows;

const nothing = {
  due: 0,
  sent: 0,
  deferred: 0,
  limited: 0,
  failed: 0,
  lost: 0,
  unreachable: 0,
  overtaken: 0,
  interventions: 0,
  tokens_deactivated: 0,
};

describe("a notification that is due", () => {
  it("is sent over FCM v1, written down and not sent again", async () => {
    const userId = await createUser({ scores: [30, 31, 32] });
    const first = await trigger({ body: { user_id: userId } });
    expect(first.status).toBe(200);
    expect(first.body).toEqual({
      ...nothing,
      due: 1,
      sent: 1,
      interventions: 1,
      users_examined: 1,
      dry_run: false,
      reasons: {},
      next_after: null,
    });
    expect(await notifications(userId)).toEqual([
      {
        type: "consecutive_needs_care",
        status: "sent",
        message_id: "projects/bee-test/messages/1",
        error: null,
        trigger_date: day(0),
        trigger_state: "NeedsCare",
      },
    ]);
    const [message] = google.sent;
    expect(message?.path).toBe("/v1/projects/bee-test/messages:send");
    expect(message?.body).toMatchObject({
      validate_only: false,
      message: {
        token: `android-token-of-${userId}`,
        notification: { title: expect.any(String), body: expect.any(String) },
        android: { notification: { channel_id: "momentum_notifications" } },
      },
    });
    expect(Object.values(message?.body.message.data).every((one) => typeof one === "string")).toBe(true);

    const second = await trigger({ body: { user_id: userId } });
    expect(second.body).toMatchObject({
      due: 0,
      sent: 0,
      limited: 1,
      interventions: 0,
      reasons: { "already-notified": 1 },
    });
    expect(google.sent).toHaveLength(1);
    const { rows } = await backend.db.query(
      "select type, streak_days, status from public.coach_interventions where user_id = $1",
      [userId],
    );
    expect(rows).toEqual([{ type: "consecutive_needs_care", streak_days: 3, status: "scheduled" }]);
  });

  it("goes to every device, and one that takes it is enough", async () => {
    const userId = await createUser({ devices: 3 });
    google.answer = ({ body }) =>
      body.message.token.startsWith("ios")
        ? { status: 200, body: { name: "m" } }
        : fcmError(404, "UNREGISTERED");
    const { status, body } = await trigger({ body: { user_id: userId } });
    expect(status).toBe(200);
    expect(body).toMatchObject({ due: 1, sent: 1, failed: 0, tokens_deactivated: 2 });
    expect(google.sent).toHaveLength(3);
    const { rows } = await backend.db.query(
      "select platform, is_active, deactivated_reason from public.user_fcm_tokens where user_id = $1 order by platform",
      [userId],
    );
    expect(rows).toEqual([
      { platform: "android", is_active: false, deactivated_reason: "404 UNREGISTERED" },
      { platform: "ios", is_active: true, deactivated_reason: null },
      { platform: "web", is_active: false, deactivated_reason: "404 UNREGISTERED" },
    ]);
  });

  it("is sent once when many runs start together", async () => {
    const userId = await createUser();
    const answers = await Promise.all(
      Array.from({ length: 6 }, () => trigger({ body: { user_id: userId } })),
    );
    expect(answers.map(({ status }) => status)).toEqual(Array(6).fill(200));
    expect(answers.reduce((sum, { body }) => sum + body.sent, 0)).toBe(1);
    expect(google.sent).toHaveLength(1);
    expect(await notifications(userId)).toHaveLength(1);
  });

  it("is tried out without being delivered or written down", async () => {
    const userId = await createUser({ scores: [30, 30, 30] });
    const { status, body } = await trigger({ body: { user_id: userId, dry_run: true } });
    expect([status, body.dry_run, body.due, body.sent, body.interventions]).toEqual([200, true, 1, 1, 0]);
    expect(google.sent[0]?.body.validate_only).toBe(true);
    expect(await notifications(userId)).toEqual([]);
    expect((await trigger({ body: { user_id: userId } })).body).toMatchObject({ sent: 1, interventions: 1 });
  });
});

describe("a notification that is held back", () => {
  const preferences = (userId: string, columns: Record<string, unknown>) =>
    backend.db.query(
      `insert into public.notification_preferences (user_id, ${Object.keys(columns).join(", ")}) values ($1, ${Object.keys(
        columns,
      )
        .map((_, i) => `$${i + 2}`)
        .join(", ")})`,
      [userId, ...Object.values(columns)],
    );

  it("waits for the end of the quiet hours", async () => {
    const userId = await createUser();
    await preferences(userId, {
      quiet_hours_enabled: true,
      quiet_hours_start: "00:00",
      quiet_hours_end: "23:59:59",
    });
    const { body } = await trigger({ body: { user_id: userId } });
    expect(body).toMatchObject({ due: 0, deferred: 1, reasons: { "quiet-hours": 1 } });
    await backend.db.query("update public.notification_preferences set quiet_hours_enabled = false");
    expect((await trigger({ body: { user_id: userId } })).body).toMatchObject({ sent: 1, deferred: 0 });
  });

  it("stays away from who switched it off, has no device, or was just told something", async () => {
    const [off, nowhere, told] = [await createUser(), await createUser({ devices: 0 }), await createUser()];
    await preferences(off, { notifications_enabled: false });
    await backend.db.query(
      "insert into public.momentum_notifications (user_id, type, trigger_date, title, body, status) values ($1, 'daily_motivation', $2, 't', 'b', 'sent')",
      [told, day(-1)],
    );
    const { status, body } = await trigger({ path: "/batch", body: {} });
    expect(status).toBe(200);
    expect(body).toMatchObject({
      ...nothing,
      due: 1,
      limited: 2,
      unreachable: 1,
      users_examined: 3,
      reasons: { "min-gap": 1, "no-active-token": 1, "switched-off": 1 },
    });
    expect(google.sent).toEqual([]);
    expect(await notifications(nowhere)).toEqual([]);
  });
});

describe("a batch", () => {
  it("goes through all users, whichever way it is asked for", async () => {
    const users = [
      await createUser(),
      await createUser({ scores: [80, 80, 80], state: "Rising" }),
      await createUser({ scores: [50], state: "Steady" }),
    ];
    const { status, body } = await trigger();
    expect(status).toBe(200);
    expect(body).toMatchObject({ ...nothing, due: 3, sent: 3, users_examined: 3, next_after: null });
    const types = await Promise.all(
      users.map(async (id) => (await notifications(id)).map(({ type }) => type)),
    );
    expect(types).toEqual([["consecutive_needs_care"], ["celebration"], ["daily_motivation"]]);
    expect(
      (await trigger({ path: "/batch", body: { after: "ffffffff-ffff-ffff-ffff-ffffffffffff" } })).body,
    ).toMatchObject({ users_examined: 0 });
  });

  it("takes more users than one part holds", async () => {
    await backend.db.query(
      `with people as (insert into auth.users (id) select gen_random_uuid() from generate_series(1, 450) returning id)
       insert into public.user_fcm_tokens (user_id, platform, token) select id, 'android', 'token-of-device-' || id from people`,
    );
    const { status, body } = await trigger({ path: "/batch", body: {} });
    expect(status).toBe(200);
    expect(body).toMatchObject({ due: 450, sent: 450, users_examined: 450, next_after: null });
    expect(new Set(google.sent.map((one) => one.body.message.token)).size).toBe(450);
    expect(google.tokensGiven()).toBeLessThan(10);
  });
});

describe("a send that fails", () => {
  it("is no success, and the next run may try again", async () => {
    const [dead, fine] = [await createUser(), await createUser()];
    google.answer = ({ body }) =>
      body.message.token.includes(dead)
        ? fcmError(404, "UNREGISTERED")
        : { status: 200, body: { name: "m" } };
    const { status, body } = await trigger({ path: "/batch", body: {} });
    expect(status).toBe(502);
    expect(body).toMatchObject({
      error: { code: "send_failed", message: "1 of 2 notifications could not be sent" },
      due: 2,
      sent: 1,
      failed: 1,
      tokens_deactivated: 1,
      reasons: { "404 UNREGISTERED": 1 },
    });
    expect(await notifications(dead)).toMatchObject([
      { status: "failed", error: "404 UNREGISTERED", message_id: null },
    ]);
    expect(await notifications(fine)).toMatchObject([{ status: "sent" }]);
  });

  it("is not repeated when the message may have arrived", async () => {
    const userId = await createUser();
    google.answer = () => ({ status: 200, hangUp: true });
    const { status, body } = await trigger({ body: { user_id: userId } });
    expect([status, body.lost, body.reasons]).toEqual([502, 1, { "no answer": 1 }]);
    expect(await notifications(userId)).toMatchObject([{ status: "unknown", error: "no answer" }]);
    expect((await trigger({ body: { user_id: userId } })).body).toMatchObject({ due: 0, limited: 1 });
    expect(google.sent).toHaveLength(1);
  });

  it("stops the run when FCM does not take the credentials", async () => {
    for (let i = 0; i < 40; i++) await createUser();
    google.answer = () => fcmError(401, "UNAUTHENTICATED");
    const { status, body } = await trigger({ path: "/batch", body: {} });
    expect([status, body.error.code, body.sent, body.failed]).toEqual([502, "fcm_credentials", 0, 40]);
    expect(google.sent.length).toBeLessThanOrEqual(16);
  });

  it("leaves everything untouched when there is no token to send with", async () => {
    const userId = await createUser();
    await useServiceAccount();
    google.tokenAnswer = { status: 400, body: { error: "invalid_grant" } };
    await backend.setSecrets({ FCM_ENDPOINT: `${google.url}/` });
    const { status, body } = await trigger({ body: { user_id: userId } });
    expect([status, body.error.code]).toEqual([503, "not_configured"]);
    expect(await notifications(userId)).toEqual([]);
    google.tokenAnswer = null;
    expect((await trigger({ body: { user_id: userId } })).body).toMatchObject({ sent: 1 });
  });
});

describe("who may trigger, and with what", () => {
  let ana: AppUser;
  beforeEach(async () => {
    ana = await backend.signUp();
  });

  it("is the service alone", async () => {
    for (const path of ["", "/batch"]) {
      expect((await trigger({ path, headers: ana.headers, body: {} })).status).toBe(403);
      expect(
        (await trigger({ path, headers: { apikey: backend.state.publishableKey }, body: {} })).status,
      ).toBe(401);
      expect((await trigger({ path, headers: {}, body: {} })).status).toBe(401);
      expect((await trigger({ path, headers: { apikey: backend.state.secretKey }, body: {} })).status).toBe(
        200,
      );
    }
  });

  it("is told what is wrong", async () => {
    const fieldsOf = async (path: string, body: unknown) => {
      const answer = await trigger({ path, body });
      return [answer.status, ...answer.body.error.issues.map((one: { field: string }) => one.field)];
    };
    expect(await fieldsOf("", { user_id: "test" })).toEqual([400, "user_id"]);
    expect(await fieldsOf("", { dry_run: "yes" })).toEqual([400, "dry_run"]);
    expect(await fieldsOf("", { after: randomUUID() })).toEqual([400, "after"]);
    expect(await fieldsOf("/batch", { user_id: randomUUID() })).toEqual([400, "user_id"]);
    expect((await trigger({ body: { user_id: randomUUID() } })).status).toBe(404);
    expect((await trigger({ method: "GET" })).status).toBe(405);
  });

  it("says which secret is missing, and what replaces the dead one", async () => {
    await backend.setSecrets({ FCM_SERVICE_ACCOUNT: null });
    const missing = await trigger({ body: { user_id: ana.id } });
    expect([missing.status, missing.body.error.code]).toEqual([503, "not_configured"]);
    expect(missing.body.error.message).toContain("The secret FCM_SERVICE_ACCOUNT is missing");
    await backend.setSecrets({ FCM_SERVER_KEY: "AAAAlegacy" });
    const legacy = await trigger({ body: { user_id: ana.id } });
    expect(legacy.body.error.message).toMatch(
      /FCM_SERVER_KEY belongs to an API that was shut down.*Set FCM_SERVICE_ACCOUNT/,
    );
    expect(JSON.stringify(legacy.body)).not.toContain("AAAAlegacy");
    await backend.setSecrets({ FCM_SERVER_KEY: null });
    await useServiceAccount();
    const health = await trigger({ method: "GET", path: "/health", headers: {} });
    expect(health.body).toEqual({ status: "ok", function: slug, deployment_id: expect.any(String) });
  });
});
