import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { type FakeGoogle, fcmError, startFakeGoogle } from "../../tests/support/fake-google.ts";
import { Secret } from "../core/secret.ts";
import type { PushAnswer } from "../ports/push-credentials.ts";
import { createFcmCredentials } from "./fcm-credentials.ts";

let google: FakeGoogle;
beforeAll(async () => {
  google = await startFakeGoogle();
});
afterAll(() => google.close());
beforeEach(() => {
  google.sent.length = 0;
  google.tokenAnswer = null;
  google.answer = () => ({ status: 200, body: { name: "projects/bee-test/messages/fake_message_id" } });
});

const validate = (account: unknown, endpoint: string | null = google.url): Promise<PushAnswer> => {
  const text = typeof account === "string" ? account : JSON.stringify(account);
  return createFcmCredentials().validate(new Secret(text), endpoint == null ? null : new Secret(endpoint));
};

describe("the credentials for notifications", () => {
  it("are tried with a message that is checked and sent to nobody", async () => {
    expect(await validate(google.serviceAccount)).toEqual({ kind: "accepted" });
    const [message] = google.sent;
    expect(message?.path).toBe("/v1/projects/bee-test/messages:send");
    expect(message?.body).toEqual({
      validate_only: true,
      message: { topic: "bee-probe", data: { probe: "1" } },
    });
    expect(google.sent).toHaveLength(1);
  });

  it("may be in base64, with line breaks as a shell leaves them", async () => {
    const key = google.serviceAccount["private_key"]?.replaceAll("\n", "\\n");
    const text = JSON.stringify({ ...google.serviceAccount, private_key: key });
    expect(await validate(Buffer.from(text).toString("base64"))).toEqual({ kind: "accepted" });
  });

  it("are refused by FCM or Google with their words, and never shown", async () => {
    google.answer = () => fcmError(403, "PERMISSION_DENIED");
    expect(await validate(google.serviceAccount)).toEqual({
      kind: "refused",
      why: "refuses the message of project bee-test: 403 PERMISSION_DENIED",
    });
    google.tokenAnswer = { status: 400, body: { error: "invalid_grant" } };
    const refused = await validate(google.serviceAccount);
    expect(refused).toMatchObject({
      kind: "refused",
      why: expect.stringContaining("does not accept the key"),
    });
    expect(JSON.stringify(refused)).not.toContain("PRIVATE KEY");
  });

  it.each([
    ["no JSON", "AAAA", "the JSON"],
    ["a field missing", '{"project_id":"bee-test"}', "client_email, private_key, token_uri"],
  ])("are refused before anything is sent: %s", async (_what, text, why) => {
    expect(await validate(text)).toMatchObject({ kind: "refused", why: expect.stringContaining(why) });
    expect(google.sent).toEqual([]);
  });

  it("go nowhere in the clear", async () => {
    const account = { ...google.serviceAccount, token_uri: "http://example.com/token" };
    expect(await validate(account)).toMatchObject({ kind: "refused" });
    expect(await validate(google.serviceAccount, "http://example.com")).toMatchObject({ kind: "refused" });
  });

  it("are unclear when nobody answers, or later", async () => {
    google.answer = () => fcmError(400, "INVALID_ARGUMENT");
    expect(await validate(google.serviceAccount)).toMatchObject({ kind: "unclear" });
    google.answer = () => fcmError(503, "UNAVAILABLE");
    expect(await validate(google.serviceAccount)).toEqual({
      kind: "unclear",
      why: "answers 503 UNAVAILABLE",
    });
    expect(await validate(google.serviceAccount, "http://127.0.0.1:1")).toMatchObject({ kind: "unclear" });
  });
});
