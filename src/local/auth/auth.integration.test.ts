import { createRemoteJWKSet, jwtVerify } from "jose";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { readBody, startTestApi, type TestApi } from "./api.test-support.ts";

let api: TestApi;
beforeAll(async () => {
  api = await startTestApi();
});
afterAll(() => api.stop());

let emails = 0;
const password = "correct horse";
const newEmail = () => `user${++emails}@example.test`;

async function signedUp() {
  const client = api.client();
  const email = newEmail();
  const { data, error } = await client.auth.signUp({ email, password });
  if (error !== null || data.session === null || data.user === null) throw error ?? new Error("no session");
  return { client, email, session: data.session, user: data.user };
}

describe("signing up", () => {
  test("yields a confirmed user and a session whose token the published key verifies", async () => {
    const client = api.client();
    const { data, error } = await client.auth.signUp({
      email: "Ada@Example.test",
      password,
      options: { data: { full_name: "Ada" } },
    });
    expect(error).toBeNull();
    expect(data.user).toMatchObject({
      email: "ada@example.test",
      role: "authenticated",
      aud: "authenticated",
      is_anonymous: false,
      app_metadata: { provider: "email", providers: ["email"] },
      user_metadata: {
        full_name: "Ada",
        email: "ada@example.test",
        email_verified: true,
        sub: data.user?.id,
      },
    });
    expect(data.user?.email_confirmed_at).toMatch(/Z$/);
    expect(data.user?.identities).toHaveLength(1);
    const keys = createRemoteJWKSet(new URL(`${api.url}/auth/v1/.well-known/jwks.json`));
    const { payload, protectedHeader } = await jwtVerify(data.session?.access_token ?? "", keys);
    expect(protectedHeader).toEqual({ alg: "ES256", typ: "JWT", kid: api.identity.signingKey.kid });
    expect(payload).toMatchObject({
      iss: `${api.url}/auth/v1`,
      sub: data.user?.id,
      aud: "authenticated",
      role: "authenticated",
      email: "ada@example.test",
      phone: "",
      aal: "aal1",
      amr: [{ method: "password", timestamp: expect.any(Number) }],
      session_id: expect.stringMatching(/^[0-9a-f-]{36}$/),
      is_anonymous: false,
    });
    expect((payload.exp ?? 0) - (payload.iat ?? 0)).toBe(3600);
    expect((await client.auth.getClaims()).data?.claims.sub).toBe(data.user?.id);
    expect((await client.auth.getUser()).data.user?.id).toBe(data.user?.id);
  });

  test("stores a bcrypt hash in hosted's form and publishes no private key", async () => {
    const { user } = await signedUp();
    const { rows } = await api.pool.query("select encrypted_password from auth.users where id = $1", [
      user.id,
    ]);
    expect(rows[0].encrypted_password).toMatch(/^\$2a\$04\$.{53}$/);
    const { keys } = await readBody(await fetch(`${api.url}/auth/v1/.well-known/jwks.json`));
    expect(keys).toEqual([expect.not.objectContaining({ d: expect.anything() })]);
  });

  test("lets exactly one of many at once have an address", async () => {
    const email = newEmail();
    const results = await Promise.all(
      Array.from({ length: 8 }, () => api.client().auth.signUp({ email, password })),
    );
    expect(results.filter(({ error }) => error === null)).toHaveLength(1);
    const codes = results.flatMap(({ error }) => (error === null ? [] : [error.code]));
    expect(new Set(codes)).toEqual(new Set(["user_already_exists"]));
  });

  test.each([
    ["a short password", { email: "x@example.test", password: "12345" }, 422, "weak_password"],
    [
      "a password bcrypt would cut",
      { email: "x@example.test", password: "x".repeat(73) },
      400,
      "validation_failed",
    ],
    ["no password", { email: "x@example.test" }, 400, "validation_failed"],
    ["a malformed address", { email: "nobody", password }, 400, "validation_failed"],
    ["an address of no text", { email: 5, password }, 400, "validation_failed"],
    ["a phone", { phone: "+4912345678", password }, 422, "phone_provider_disabled"],
    ["NUL", { email: "x@example.test", password: "abc\0defg" }, 400, "validation_failed"],
    [
      "half a surrogate pair",
      { email: "x@example.test", password, data: { name: "\ud800" } },
      400,
      "validation_failed",
    ],
    ["metadata of no object", { email: "x@example.test", password, data: [1] }, 400, "validation_failed"],
    ["no JSON", "{", 400, "bad_json"],
    ["JSON nested without end", `{"data":${"[".repeat(5000)}${"]".repeat(5000)}}`, 400, "validation_failed"],
    [
      "too many bytes",
      { email: "x@example.test", password, data: { a: "x".repeat(1_100_000) } },
      413,
      "request_too_large",
    ],
  ])("refuses %s", async (_what, body, status, code) => {
    const reply = await api.post("/signup", body);
    expect(reply.status).toBe(status);
    expect(await reply.json()).toMatchObject({ code: status, error_code: code, msg: expect.any(String) });
  });

  test("answers in the form of API version 2024-01-01 when asked to", async () => {
    const reply = await api.post(
      "/signup",
      { email: "nobody", password },
      { "x-supabase-api-version": "2024-01-01" },
    );
    expect(reply.headers.get("x-supabase-api-version")).toBe("2024-01-01");
    expect(await reply.json()).toEqual({
      code: "validation_failed",
      message: "email: Unable to validate email address: invalid format",
    });
  });
});

describe("signing in", () => {
  test("tells a wrong password and an unknown address apart in nothing", async () => {
    const { email } = await signedUp();
    const wrong = await api.post("/token?grant_type=password", { email, password: "wrong password" });
    const unknown = await api.post("/token?grant_type=password", { email: newEmail(), password });
    expect([wrong.status, unknown.status]).toEqual([400, 400]);
    const body = { code: 400, error_code: "invalid_credentials", msg: "Invalid login credentials" };
    expect([await wrong.json(), await unknown.json()]).toEqual([body, body]);
    const { data, error } = await api
      .client()
      .auth.signInWithPassword({ email: email.toUpperCase(), password });
    expect(error).toBeNull();
    expect(data.user?.email).toBe(email);
  });

  test("slows down who guesses, for that account alone", async () => {
    const { email } = await signedUp();
    const other = await signedUp();
    const codes: (string | undefined)[] = [];
    for (let guess = 0; guess < 31; guess++) {
      const { error } = await api.client().auth.signInWithPassword({ email, password: `guess ${guess}` });
      codes.push(error?.code);
    }
    expect(codes.slice(0, 30).every((code) => code === "invalid_credentials")).toBe(true);
    expect(codes[30]).toBe("over_request_rate_limit");
    const { error } = await api.client().auth.signInWithPassword({ email: other.email, password });
    expect(error).toBeNull();
  });

  test("admits a user that SQL put there", async () => {
    await api.pool.query(`
      insert into auth.users (instance_id, id, aud, role, email, encrypted_password, email_confirmed_at, recovery_sent_at,
        last_sign_in_at, raw_app_meta_data, raw_user_meta_data, created_at, updated_at, confirmation_token, email_change,
        email_change_token_new, recovery_token)
      values ('00000000-0000-0000-0000-000000000000', gen_random_uuid(), 'authenticated', 'authenticated',
        'seeded@example.test', extensions.crypt('seeded password', extensions.gen_salt('bf')), now(), now(), now(),
        '{"provider":"email","providers":["email"]}', '{}', now(), now(), '', '', '', '')`);
    const { error } = await api
      .client()
      .auth.signInWithPassword({ email: "seeded@example.test", password: "seeded password" });
    expect(error).toBeNull();
  });

  test("refuses what needs a provider or mail, and says so", async () => {
    const answers = await Promise.all([
      api.client().auth.signInWithIdToken({ provider: "google", token: "x" }),
      api.client().auth.signInWithOtp({ email: "a@example.test" }),
      api.client().auth.resetPasswordForEmail("a@example.test"),
      api.client().auth.resend({ type: "signup", email: "a@example.test" }),
    ]);
    expect(answers.map(({ error }) => [error?.status, error?.code])).toEqual([
      [400, "provider_disabled"],
      [422, "email_provider_disabled"],
      [422, "email_provider_disabled"],
      [422, "email_provider_disabled"],
    ]);
    const grant = await api.post("/token?grant_type=toString", {});
    expect(grant.status).toBe(400);
  });
});

describe("anonymous users", () => {
  test("become permanent with an address and a password", async () => {
    const client = api.client();
    const { data } = await client.auth.signInAnonymously({ options: { data: { theme: "dark" } } });
    expect(data.user).toMatchObject({ is_anonymous: true, email: "", user_metadata: { theme: "dark" } });
    const alone = await client.auth.updateUser({ password: "another one" });
    expect(alone.error?.code).toBe("validation_failed");
    const email = newEmail();
    const updated = await client.auth.updateUser({ email, password: "another one" });
    expect(updated.data.user).toMatchObject({ id: data.user?.id, email, is_anonymous: false });
    const again = await api.client().auth.signInWithPassword({ email, password: "another one" });
    expect(again.data.user?.id).toBe(data.user?.id);
  });
});

test("unknown paths, wrong methods and the settings", async () => {
  expect((await fetch(`${api.url}/auth/v1/nothing`)).status).toBe(404);
  expect((await fetch(`${api.url}/auth/v1/signup`)).status).toBe(405);
  const settings = await (await fetch(`${api.url}/auth/v1/settings`)).json();
  expect(settings).toMatchObject({ mailer_autoconfirm: true, external: { email: true, phone: false } });
  expect((await fetch(`${api.url}/auth/v1/health`)).status).toBe(200);
});
