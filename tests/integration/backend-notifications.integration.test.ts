import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { fcmError } from "../support/fake-google.ts";
import { daysAgo, type PushWorld, startPushWorld } from "../support/push-world.ts";

let world: PushWorld;

beforeAll(async () => {
  world = await startPushWorld();
});
afterAll(() => world.stop());
beforeEach(() => world.clear());

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
    const userId = await world.createUser({ scores: [30, 31, 32] });
    const first = await world.trigger({ body: { user_id: userId } });
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
    expect(await world.notifications(userId)).toEqual([
      {
        type: "consecutive_needs_care",
        status: "sent",
        message_id: "projects/bee-test/messages/1",
        error: null,
        trigger_date: daysAgo(0),
        trigger_state: "NeedsCare",
      },
    ]);
    const [message] = world.google.sent;
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

    const second = await world.trigger({ body: { user_id: userId } });
    expect(second.body).toMatchObject({
      due: 0,
      sent: 0,
      limited: 1,
      interventions: 0,
      reasons: { "already-notified": 1 },
    });
    expect(world.google.sent).toHaveLength(1);
    const { rows } = await world.backend.db.query(
      "select type, streak_days, status from public.coach_interventions where user_id = $1",
      [userId],
    );
    expect(rows).toEqual([{ type: "consecutive_needs_care", streak_days: 3, status: "scheduled" }]);
  });

  it("goes to every device, and one that takes it is enough", async () => {
    const userId = await world.createUser({ devices: 3 });
    world.google.answer = ({ body }) =>
      body.message.token.startsWith("ios")
        ? { status: 200, body: { name: "m" } }
        : fcmError(404, "UNREGISTERED");
    const { status, body } = await world.trigger({ body: { user_id: userId } });
    expect(status).toBe(200);
    expect(body).toMatchObject({ due: 1, sent: 1, failed: 0, tokens_deactivated: 2 });
    expect(world.google.sent).toHaveLength(3);
    const { rows } = await world.backend.db.query(
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
    const userId = await world.createUser();
    const answers = await Promise.all(
      Array.from({ length: 6 }, () => world.trigger({ body: { user_id: userId } })),
    );
    expect(answers.map(({ status }) => status)).toEqual(Array(6).fill(200));
    expect(answers.reduce((sum, { body }) => sum + body.sent, 0)).toBe(1);
    expect(world.google.sent).toHaveLength(1);
    expect(await world.notifications(userId)).toHaveLength(1);
  });

  it("is tried out without being delivered or written down", async () => {
    const userId = await world.createUser({ scores: [30, 30, 30] });
    const { status, body } = await world.trigger({ body: { user_id: userId, dry_run: true } });
    expect([status, body.dry_run, body.due, body.sent, body.interventions]).toEqual([200, true, 1, 1, 0]);
    expect(world.google.sent[0]?.body.validate_only).toBe(true);
    expect(await world.notifications(userId)).toEqual([]);
    expect((await world.trigger({ body: { user_id: userId } })).body).toMatchObject({
      sent: 1,
      interventions: 1,
    });
  });
});

describe("a notification that is held back", () => {
  const preferences = (userId: string, columns: Record<string, unknown>) =>
    world.backend.db.query(
      `insert into public.notification_preferences (user_id, ${Object.keys(columns).join(", ")}) values ($1, ${Object.keys(
        columns,
      )
        .map((_, i) => `$${i + 2}`)
        .join(", ")})`,
      [userId, ...Object.values(columns)],
    );

  it("waits for the end of the quiet hours", async () => {
    const userId = await world.createUser();
    await preferences(userId, {
      quiet_hours_enabled: true,
      quiet_hours_start: "00:00",
      quiet_hours_end: "23:59:59",
    });
    const { body } = await world.trigger({ body: { user_id: userId } });
    expect(body).toMatchObject({ due: 0, deferred: 1, reasons: { "quiet-hours": 1 } });
    await world.backend.db.query("update public.notification_preferences set quiet_hours_enabled = false");
    expect((await world.trigger({ body: { user_id: userId } })).body).toMatchObject({ sent: 1, deferred: 0 });
  });

  it("stays away from who switched it off, has no device, or was just told something", async () => {
    const [off, nowhere, told] = [
      await world.createUser(),
      await world.createUser({ devices: 0 }),
      await world.createUser(),
    ];
    await preferences(off, { notifications_enabled: false });
    await world.backend.db.query(
      "insert into public.momentum_notifications (user_id, type, trigger_date, title, body, status) values ($1, 'daily_motivation', $2, 't', 'b', 'sent')",
      [told, daysAgo(1)],
    );
    const { status, body } = await world.trigger({ path: "/batch", body: {} });
    expect(status).toBe(200);
    expect(body).toMatchObject({
      ...nothing,
      due: 1,
      limited: 2,
      unreachable: 1,
      users_examined: 3,
      reasons: { "min-gap": 1, "no-active-token": 1, "switched-off": 1 },
    });
    expect(world.google.sent).toEqual([]);
    expect(await world.notifications(nowhere)).toEqual([]);
  });
});

describe("a batch", () => {
  it("goes through all users, whichever way it is asked for", async () => {
    const users = [
      await world.createUser(),
      await world.createUser({ scores: [80, 80, 80], state: "Rising" }),
      await world.createUser({ scores: [50], state: "Steady" }),
    ];
    const { status, body } = await world.trigger();
    expect(status).toBe(200);
    expect(body).toMatchObject({ ...nothing, due: 3, sent: 3, users_examined: 3, next_after: null });
    const types = await Promise.all(
      users.map(async (id) => (await world.notifications(id)).map(({ type }) => type)),
    );
    expect(types).toEqual([["consecutive_needs_care"], ["celebration"], ["daily_motivation"]]);
    expect(
      (await world.trigger({ path: "/batch", body: { after: "ffffffff-ffff-ffff-ffff-ffffffffffff" } })).body,
    ).toMatchObject({ users_examined: 0 });
  });

  it("takes more users than one part holds", async () => {
    await world.backend.db.query(
      `with people as (insert into auth.users (id) select gen_random_uuid() from generate_series(1, 450) returning id)
       insert into public.user_fcm_tokens (user_id, platform, token) select id, 'android', 'token-of-device-' || id from people`,
    );
    const { status, body } = await world.trigger({ path: "/batch", body: {} });
    expect(status).toBe(200);
    expect(body).toMatchObject({ due: 450, sent: 450, users_examined: 450, next_after: null });
    expect(new Set(world.google.sent.map((one) => one.body.message.token)).size).toBe(450);
    expect(world.google.tokensGiven()).toBeLessThan(10);
  });
});
