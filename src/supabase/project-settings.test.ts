import { afterEach, describe, expect, it } from "vitest";
import { type FakeApi, type FakeReply, startFakeApi } from "../../tests/support/fake-api.ts";
import { authSettingsSound } from "../gates/auth-settings-sound.ts";
import { encryptionOn } from "../gates/encryption-on.ts";
import type { GateContext } from "../ports/gate.ts";
import { createProjectSettings } from "./project-settings.ts";

let fake: FakeApi;
afterEach(() => fake.close());

const ref = "abcdefghijklmnopqrst";

/** A project as production needs it, in the API's own names. */
const sound = {
  disable_signup: false,
  external_anonymous_users_enabled: false,
  external_email_enabled: true,
  mailer_autoconfirm: false,
  mailer_allow_unverified_email_sign_ins: false,
  mailer_otp_exp: 3600,
  password_min_length: 8,
  password_hibp_enabled: true,
  jwt_exp: 3600,
  refresh_token_rotation_enabled: true,
  security_refresh_token_reuse_interval: 10,
  mfa_totp_enroll_enabled: true,
  mfa_totp_verify_enabled: true,
  site_url: "https://app.example.com",
  uri_allow_list: "https://app.example.com/welcome, io.example.app://callback",
  smtp_pass: "never read",
};

async function open(reply: (path: string) => FakeReply) {
  fake = await startFakeApi(({ line }) => reply(line.split(" ")[1] ?? ""));
  return createProjectSettings(fake.api, ref);
}

const auth = (json: unknown) => open(() => ({ status: 200, json }));

async function judge(settings: Awaited<ReturnType<typeof open>>, isLoopback = false) {
  const ports = { settings, wire: { address: { url: "https://x.example", isLoopback } } };
  return authSettingsSound.check({ ports } as unknown as GateContext);
}

describe("auth settings", () => {
  it("reads what the API says, and no more than that", async () => {
    const settings = await (await auth(sound)).readAuth();
    expect(settings).toMatchObject({ signUpOpen: true, jwtExpiry: 3600, mfaTotp: true });
    expect(settings.redirectUrls).toEqual(["https://app.example.com/welcome", "io.example.app://callback"]);
    expect(JSON.stringify(settings)).not.toContain("never read");
    expect(fake.seen.map(({ line }) => line)).toEqual([`GET /v1/projects/${ref}/config/auth`]);
  });

  it("lets sound ones pass", async () => {
    expect(await judge(await auth(sound))).toMatchObject({ kind: "pass", evidence: { signUpOpen: true } });
  });

  it.each([
    ["mailerAutoconfirm", { mailer_autoconfirm: true }],
    ["unverifiedSignIn", { mailer_allow_unverified_email_sign_ins: true }],
    ["passwordMinLength", { password_min_length: 6 }],
    ["leakedPasswordCheck", { password_hibp_enabled: false }],
    ["mfaTotp", { mfa_totp_verify_enabled: false }],
    ["siteUrl", { site_url: "http://localhost:3000" }],
    ["redirectUrls", { uri_allow_list: "https://app.example.com/**" }],
    ["redirectUrls", { uri_allow_list: "https://*.example.com/callback" }],
    ["redirectUrls", { uri_allow_list: "http://app.example.com/callback" }],
    ["mailerOtpExpiry", { mailer_otp_exp: 86_400 }],
    ["jwtExpiry", { jwt_exp: 604_800 }],
    ["refreshRotation", { refresh_token_rotation_enabled: false }],
    ["refreshReuseInterval", { security_refresh_token_reuse_interval: 600 }],
  ])("refuses %s as in %j", async (subject, change) => {
    const verdict = await judge(await auth({ ...sound, ...change }));
    expect(verdict).toMatchObject({ kind: "fail", findings: [{ key: `auth-settings-sound:${subject}` }] });
  });

  it("takes what the API does not name for unsafe", async () => {
    const verdict = await judge(await auth({}));
    const subjects = verdict.kind === "fail" ? verdict.findings.map(({ subject }) => subject) : [];
    expect(subjects).toEqual([
      "mailerAutoconfirm",
      "passwordMinLength",
      "leakedPasswordCheck",
      "mfaTotp",
      "siteUrl",
      "mailerOtpExpiry",
      "jwtExpiry",
      "refreshRotation",
    ]);
  });

  it("asks nothing of passwords and mail where nobody signs in by mail", async () => {
    const change = { external_email_enabled: false, mailer_autoconfirm: true, password_min_length: 6 };
    expect(await judge(await auth({ ...sound, ...change }))).toMatchObject({ kind: "pass" });
  });

  it("judges on a loopback platform what it has, and names the rest", async () => {
    const change = { mailer_autoconfirm: true, password_min_length: 6, site_url: "http://127.0.0.1:1" };
    const settings = await auth({ ...sound, ...change });
    const evidence = { notJudged: { settings: expect.arrayContaining(["mailerAutoconfirm", "siteUrl"]) } };
    expect(await judge(settings, true)).toMatchObject({ kind: "pass", evidence });
    expect(await judge(await auth({ ...sound, jwt_exp: 7200 }), true)).toMatchObject({ kind: "fail" });
  });

  it("cannot say anything of an answer it does not know", async () => {
    await expect(judge(await auth({ ...sound, jwt_exp: "long" }))).rejects.toMatchObject({
      code: "BEE-E207",
    });
    await expect(judge(await open(() => ({ status: 403, json: {} })))).rejects.toMatchObject({
      code: "BEE-E201",
    });
  });
});

describe("TLS to the database", () => {
  const check = async (settings: Awaited<ReturnType<typeof open>>) =>
    encryptionOn.check({
      ports: { settings, wire: { address: { url: "https://x.example", isLoopback: false } } },
    } as unknown as GateContext);

  it("is on or off as the API says", async () => {
    const on = await open(() => ({
      status: 200,
      json: { currentConfig: { database: true }, appliedSuccessfully: true },
    }));
    expect(await check(on)).toMatchObject({ kind: "pass" });
    const off = await open(() => ({ status: 200, json: { currentConfig: { database: false } } }));
    expect(await check(off)).toMatchObject({ kind: "fail" });
  });
});

describe("the signing key", () => {
  it.each([
    ["is kept secret", { status: 200, json: { db_schema: "public", jwt_secret: "k" } }, "[secret]"],
    ["is null when the project has none", { status: 200, json: { db_schema: "public" } }, "null"],
    ["is null when the token may not read it", { status: 403, json: {} }, "null"],
  ])("%s", async (_name, reply, shown) => {
    expect(String(await (await open(() => reply)).readJwtSecret())).toBe(shown);
  });
});
