import { randomUUID } from "node:crypto";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import type { AppUser } from "../support/deployed-backend.ts";
import { fcmError } from "../support/fake-google.ts";
import { type PushWorld, startPushWorld } from "../support/push-world.ts";

let world: PushWorld;

beforeAll(async () => {
  world = await startPushWorld();
});
afterAll(() => world.stop());
beforeEach(() => world.clear());

describe("a send that fails", () => {
  it("is no success, and the next run may try again", async () => {
    const [dead, fine] = [await world.createUser(), await world.createUser()];
    world.google.answer = ({ body }) =>
      body.message.token.includes(dead)
        ? fcmError(404, "UNREGISTERED")
        : { status: 200, body: { name: "m" } };
    const { status, body } = await world.trigger({ path: "/batch", body: {} });
    expect(status).toBe(502);
    expect(body).toMatchObject({
      error: { code: "send_failed", message: "1 of 2 notifications could not be sent" },
      due: 2,
      sent: 1,
      failed: 1,
      tokens_deactivated: 1,
      reasons: { "404 UNREGISTERED": 1 },
    });
    expect(await world.notifications(dead)).toMatchObject([
      { status: "failed", error: "404 UNREGISTERED", message_id: null },
    ]);
    expect(await world.notifications(fine)).toMatchObject([{ status: "sent" }]);
  });

  it("is not repeated when the message may have arrived", async () => {
    const userId = await world.createUser();
    world.google.answer = () => ({ status: 200, hangUp: true });
    const { status, body } = await world.trigger({ body: { user_id: userId } });
    expect([status, body.lost, body.reasons]).toEqual([502, 1, { "no answer": 1 }]);
    expect(await world.notifications(userId)).toMatchObject([{ status: "unknown", error: "no answer" }]);
    expect((await world.trigger({ body: { user_id: userId } })).body).toMatchObject({ due: 0, limited: 1 });
    expect(world.google.sent).toHaveLength(1);
  });

  it("stops the run when FCM does not take the credentials", async () => {
    for (let i = 0; i < 40; i++) await world.createUser();
    world.google.answer = () => fcmError(401, "UNAUTHENTICATED");
    const { status, body } = await world.trigger({ path: "/batch", body: {} });
    expect([status, body.error.code, body.sent, body.failed]).toEqual([502, "fcm_credentials", 0, 40]);
    expect(world.google.sent.length).toBeLessThanOrEqual(16);
  });

  it("leaves everything untouched when there is no token to send with", async () => {
    const userId = await world.createUser();
    await world.useServiceAccount();
    world.google.tokenAnswer = { status: 400, body: { error: "invalid_grant" } };
    await world.backend.setSecrets({ FCM_ENDPOINT: `${world.google.url}/` });
    const { status, body } = await world.trigger({ body: { user_id: userId } });
    expect([status, body.error.code]).toEqual([503, "not_configured"]);
    expect(await world.notifications(userId)).toEqual([]);
    world.google.tokenAnswer = null;
    expect((await world.trigger({ body: { user_id: userId } })).body).toMatchObject({ sent: 1 });
  });
});

describe("who may trigger, and with what", () => {
  let ana: AppUser;
  beforeEach(async () => {
    ana = await world.backend.signUp();
  });

  it("is the service alone", async () => {
    for (const path of ["", "/batch"]) {
      expect((await world.trigger({ path, headers: ana.headers, body: {} })).status).toBe(403);
      expect(
        (await world.trigger({ path, headers: { apikey: world.backend.state.publishableKey }, body: {} }))
          .status,
      ).toBe(401);
      expect((await world.trigger({ path, headers: {}, body: {} })).status).toBe(401);
      expect(
        (await world.trigger({ path, headers: { apikey: world.backend.state.secretKey }, body: {} })).status,
      ).toBe(200);
    }
  });

  it("is told what is wrong", async () => {
    const fieldsOf = async (path: string, body: unknown) => {
      const answer = await world.trigger({ path, body });
      return [answer.status, ...answer.body.error.issues.map((one: { field: string }) => one.field)];
    };
    expect(await fieldsOf("", { user_id: "test" })).toEqual([400, "user_id"]);
    expect(await fieldsOf("", { dry_run: "yes" })).toEqual([400, "dry_run"]);
    expect(await fieldsOf("", { after: randomUUID() })).toEqual([400, "after"]);
    expect(await fieldsOf("/batch", { user_id: randomUUID() })).toEqual([400, "user_id"]);
    expect((await world.trigger({ body: { user_id: randomUUID() } })).status).toBe(404);
    expect((await world.trigger({ method: "GET" })).status).toBe(405);
  });

  it("says which secret is missing, and what replaces the dead one", async () => {
    await world.backend.setSecrets({ FCM_SERVICE_ACCOUNT: null });
    const missing = await world.trigger({ body: { user_id: ana.id } });
    expect([missing.status, missing.body.error.code]).toEqual([503, "not_configured"]);
    expect(missing.body.error.message).toContain("The secret FCM_SERVICE_ACCOUNT is missing");
    await world.backend.setSecrets({ FCM_SERVER_KEY: "AAAAlegacy" });
    const legacy = await world.trigger({ body: { user_id: ana.id } });
    expect(legacy.body.error.message).toMatch(
      /FCM_SERVER_KEY belongs to an API that was shut down.*Set FCM_SERVICE_ACCOUNT/,
    );
    expect(JSON.stringify(legacy.body)).not.toContain("AAAAlegacy");
    await world.backend.setSecrets({ FCM_SERVER_KEY: null });
    await world.useServiceAccount();
    const health = await world.trigger({ method: "GET", path: "/health", headers: {} });
    expect(health.body).toEqual({
      status: "ok",
      function: "push-notification-triggers",
      deployment_id: expect.any(String),
    });
  });
});
