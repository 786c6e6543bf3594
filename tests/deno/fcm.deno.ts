import assert from "node:assert/strict";
import { assembleFcmMessage } from "../../src/core/notifications/fcm-message.ts";
import { Refusal } from "../../supabase/functions/_shared/refusal.ts";
import { createFcm } from "../../supabase/functions/push-notification-triggers/fcm.ts";
import { createGoogleTokens } from "../../supabase/functions/push-notification-triggers/google-token.ts";
import {
  type FcmEnv,
  readFcmAccess,
} from "../../supabase/functions/push-notification-triggers/service-account.ts";
import { type FakeGoogle, fcmError, startFakeGoogle } from "../support/fake-google.ts";

const assembled = assembleFcmMessage({
  token: "device-token-0123456789",
  type: "celebration",
  message: {
    title: "Hello",
    body: "You",
    action_type: "open_momentum_meter",
    action_data: { screen: "momentum" },
  },
  notificationId: "5f1c1d5e-7b1a-4a58-9a55-0c3b6f1f2a10",
  nowMs: 1_764_000_000_000,
  validateOnly: false,
});
assert.ok("body" in assembled);
const message = assembled.body;

function envOf(google: FakeGoogle, more: Partial<FcmEnv> = {}): FcmEnv {
  return {
    FCM_SERVICE_ACCOUNT: JSON.stringify(google.serviceAccount),
    FCM_SERVER_KEY: undefined,
    FCM_ENDPOINT: google.url,
    ...more,
  };
}

async function withFcm(
  run: (parts: {
    google: FakeGoogle;
    send: (patienceMs?: number) => Promise<unknown>;
    clock: { ms: number };
  }) => Promise<void>,
) {
  const google = await startFakeGoogle();
  const clock = { ms: Date.now() };
  const access = readFcmAccess(envOf(google));
  const tokens = createGoogleTokens(access.account, fetch, () => clock.ms);
  // Waits of no length: random() = -1 takes the half of a backoff back to nothing.
  const fcm = createFcm({ access, tokens, fetch, nowMs: () => clock.ms, random: () => -1 });
  try {
    await run({
      google,
      clock,
      send: (patienceMs = 60_000) => fcm.send(message, clock.ms + patienceMs, AbortSignal.timeout(20_000)),
    });
  } finally {
    await google.close();
  }
}

Deno.test("a signed token is fetched once, used for every message and renewed before its hour is over", () =>
  withFcm(async ({ google, send, clock }) => {
    assert.deepEqual(await send(), { kind: "sent", messageId: "projects/bee-test/messages/1" });
    await send();
    assert.equal(google.tokensGiven(), 1);
    assert.deepEqual(
      google.sent.map(({ authorization, path }) => ({ authorization, path })),
      Array(2).fill({ authorization: "Bearer token-1", path: "/v1/projects/bee-test/messages:send" }),
    );
    assert.deepEqual(google.sent[0]?.body, message);
    clock.ms += 56 * 60_000;
    await send();
    assert.equal(google.tokensGiven(), 2);
  }));

Deno.test("a busy FCM is asked again, five times at most", () =>
  withFcm(async ({ google, send }) => {
    google.answer = () =>
      google.sent.length < 3 ? fcmError(503, "UNAVAILABLE") : { status: 200, body: { name: "m" } };
    assert.deepEqual(await send(), { kind: "sent", messageId: "m" });
    assert.equal(google.sent.length, 3);
    google.answer = () => fcmError(500, "INTERNAL");
    assert.deepEqual(await send(), { kind: "retry", detail: "500 INTERNAL" });
    assert.equal(google.sent.length, 8);
  }));

Deno.test("no wait goes past the end of the run", () =>
  withFcm(async ({ google, send }) => {
    google.answer = () => fcmError(429, "QUOTA_EXCEEDED", { "retry-after": "3600" });
    assert.deepEqual(await send(), { kind: "retry", detail: "429 QUOTA_EXCEEDED", afterMs: 3_600_000 });
    assert.equal(google.sent.length, 1);
    google.answer = () => fcmError(503, "UNAVAILABLE");
    await send(5000);
    assert.equal(google.sent.length, 2);
  }));

Deno.test("what is wrong with the message or the device is not tried again", () =>
  withFcm(async ({ google, send }) => {
    const answers = [
      [fcmError(404, "UNREGISTERED"), { kind: "token-dead", detail: "404 UNREGISTERED" }],
      [fcmError(400, "INVALID_ARGUMENT"), { kind: "bug", detail: "400 INVALID_ARGUMENT" }],
      [fcmError(403, "SENDER_ID_MISMATCH"), { kind: "token-dead", detail: "403 SENDER_ID_MISMATCH" }],
    ] as const;
    for (const [answer, expected] of answers) {
      google.answer = () => answer;
      google.sent.length = 0;
      assert.deepEqual(await send(), expected);
      assert.equal(google.sent.length, 1);
    }
  }));

Deno.test("refused credentials are not used again", () =>
  withFcm(async ({ google, send }) => {
    google.answer = () => fcmError(401, "THIRD_PARTY_AUTH_ERROR");
    assert.equal(((await send()) as { kind: string }).kind, "credentials");
    google.answer = () => ({ status: 200, body: { name: "m" } });
    await send();
    assert.deepEqual(
      google.sent.map(({ authorization }) => authorization),
      ["Bearer token-1", "Bearer token-2"],
    );
  }));

Deno.test("a message without an answer may have arrived and is not sent again; one that never left may be", async () => {
  await withFcm(async ({ google, send }) => {
    await send();
    google.answer = () => ({ status: 200, hangUp: true });
    assert.deepEqual(await send(), { kind: "lost", detail: "no answer" });
    assert.equal(google.sent.length, 2);
    await google.close();
    assert.deepEqual(await send(), { kind: "retry", detail: "no connection" });
  });
});

Deno.test("Google's refusals name the secret, its troubles ask to come back", () =>
  withFcm(async ({ google }) => {
    const access = readFcmAccess(envOf(google));
    const ask = async () => {
      const tokens = createGoogleTokens(access.account, fetch, Date.now);
      const error: unknown = await tokens.get(AbortSignal.timeout(5000)).catch((reason: unknown) => reason);
      assert.ok(error instanceof Refusal);
      return { status: error.status, code: error.code, message: error.message };
    };
    google.tokenAnswer = {
      status: 400,
      body: { error: "invalid_grant", error_description: "secret inside" },
    };
    assert.deepEqual(await ask(), {
      status: 503,
      code: "not_configured",
      message: "Google does not accept the key in the secret FCM_SERVICE_ACCOUNT",
    });
    google.tokenAnswer = { status: 503 };
    assert.equal((await ask()).code, "fcm_unavailable");
    google.tokenAnswer = { status: 200, body: "not json" };
    assert.equal((await ask()).code, "not_configured");
  }));

const account = {
  type: "service_account",
  project_id: "bee-test",
  private_key: "-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n",
  client_email: "push@bee-test.iam.gserviceaccount.com",
  token_uri: "https://oauth2.googleapis.com/token",
};
const fcmEnv: FcmEnv = {
  FCM_SERVICE_ACCOUNT: JSON.stringify(account),
  FCM_SERVER_KEY: undefined,
  FCM_ENDPOINT: undefined,
};

Deno.test("the service account is read raw and base64, and goes to Google", () => {
  const raw = readFcmAccess(fcmEnv);
  assert.equal(raw.endpoint, "https://fcm.googleapis.com");
  const wrapped = btoa(JSON.stringify(account)).replace(/(.{76})/g, "$1\n");
  assert.deepEqual(readFcmAccess({ ...fcmEnv, FCM_SERVICE_ACCOUNT: wrapped }), raw);
});

const unusable: readonly (readonly [string, Partial<FcmEnv>, RegExp])[] = [
  ["nothing", { FCM_SERVICE_ACCOUNT: undefined }, /^The secret FCM_SERVICE_ACCOUNT is missing/],
  [
    "the dead server key",
    { FCM_SERVICE_ACCOUNT: "", FCM_SERVER_KEY: "AAAA:xyz" },
    /FCM_SERVER_KEY belongs to an API that was shut down in July 2024. Set FCM_SERVICE_ACCOUNT/,
  ],
  ["no JSON", { FCM_SERVICE_ACCOUNT: "{" }, /is not JSON/],
  ["neither JSON nor base64", { FCM_SERVICE_ACCOUNT: "?!" }, /is not JSON/],
  [
    "no key",
    { FCM_SERVICE_ACCOUNT: JSON.stringify({ ...account, private_key: "x" }) },
    /private_key is missing or ill-formed/,
  ],
  [
    "a project id that leaves the path",
    { FCM_SERVICE_ACCOUNT: JSON.stringify({ ...account, project_id: "../x" }) },
    /project_id/,
  ],
  [
    "a token server without encryption",
    { FCM_SERVICE_ACCOUNT: JSON.stringify({ ...account, token_uri: "http://10.0.0.1/" }) },
    /token_uri/,
  ],
  ["another endpoint without encryption", { FCM_ENDPOINT: "http://fcm.example" }, /FCM_ENDPOINT/],
];
for (const [what, more, expected] of unusable) {
  Deno.test(`the secret is ${what}: 503 says so and quotes nothing`, () => {
    assert.throws(
      () => readFcmAccess({ ...fcmEnv, ...more }),
      (error: unknown) => {
        assert.ok(error instanceof Refusal);
        assert.equal(error.status, 503);
        assert.match(error.message, expected);
        assert.ok(!error.message.includes("AAAA"));
        return true;
      },
    );
  });
}
