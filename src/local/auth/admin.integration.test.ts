import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { startTestApi, type TestApi } from "./api.test-support.ts";

let api: TestApi;
beforeAll(async () => {
  api = await startTestApi();
});
afterAll(() => api.stop());

let emails = 0;
const password = "correct horse";
const newEmail = () => `admin${++emails}@example.test`;
const admin = () => api.client(api.identity.serviceRoleKey).auth.admin;

async function created(options: Parameters<ReturnType<typeof admin>["createUser"]>[0] = {}) {
  const email = newEmail();
  const { data, error } = await admin().createUser({ email, password, email_confirm: true, ...options });
  if (error !== null) throw error;
  return { email, user: data.user };
}

describe("administration", () => {
  test("is for the service key alone, in either form", async () => {
    const client = api.client();
    await client.auth.signUp({ email: newEmail(), password });
    expect((await client.auth.admin.listUsers()).error).toMatchObject({ status: 403, code: "not_admin" });
    expect((await api.client().auth.admin.createUser({ email: newEmail() })).error?.status).toBe(403);
    expect((await api.client(api.identity.secretKey).auth.admin.listUsers()).error).toBeNull();
    expect((await fetch(`${api.url}/auth/v1/admin/users`)).status).toBe(401);
  });

  test("creates, reads, changes and deletes a user", async () => {
    const { email, user } = await created({ user_metadata: { name: "Bo" }, app_metadata: { org: 7 } });
    expect(user).toMatchObject({
      user_metadata: { name: "Bo" },
      app_metadata: { org: 7, provider: "email" },
    });
    const signIn = await api.client().auth.signInWithPassword({ email, password });
    expect(signIn.error).toBeNull();
    const next = newEmail();
    const updated = await admin().updateUserById(user.id, {
      email: next,
      password: "another password",
      app_metadata: { org: null },
      user_metadata: { name: "Bob" },
    });
    expect(updated.data.user).toMatchObject({ email: next, user_metadata: { name: "Bob" } });
    expect(updated.data.user?.app_metadata).not.toHaveProperty("org");
    expect((await api.client().auth.getUser(signIn.data.session?.access_token)).error).not.toBeNull();
    const again = await api.client().auth.signInWithPassword({ email: next, password: "another password" });
    expect(again.error).toBeNull();
    expect((await admin().deleteUser(user.id)).error).toBeNull();
    expect((await admin().getUserById(user.id)).error).toMatchObject({ status: 404, code: "user_not_found" });
    expect((await admin().deleteUser(user.id)).error?.status).toBe(404);
  });

  test("leaves an address unconfirmed unless told otherwise", async () => {
    const { email, user } = await created({ email_confirm: false });
    const refused = await api.client().auth.signInWithPassword({ email, password });
    expect(refused.error?.code).toBe("email_not_confirmed");
    await admin().updateUserById(user.id, { email_confirm: true });
    expect((await api.client().auth.signInWithPassword({ email, password })).error).toBeNull();
  });

  test("bans and lifts the ban", async () => {
    const { email, user } = await created();
    const banned = await admin().updateUserById(user.id, { ban_duration: "1h30m" });
    const until = Date.parse(String(Reflect.get(banned.data.user ?? {}, "banned_until")));
    expect(Math.abs(until - Date.now() - 5_400_000)).toBeLessThan(60_000);
    expect((await api.client().auth.signInWithPassword({ email, password })).error?.code).toBe("user_banned");
    await admin().updateUserById(user.id, { ban_duration: "none" });
    expect((await api.client().auth.signInWithPassword({ email, password })).error).toBeNull();
    const wrong = await admin().updateUserById(user.id, { ban_duration: "forever" });
    expect(wrong.error).toMatchObject({ status: 400, code: "validation_failed" });
  });

  test("deletes softly without keeping a name", async () => {
    const { email, user } = await created({ user_metadata: { name: "Bo" } });
    await admin().deleteUser(user.id, true);
    const { rows } = await api.pool.query(
      `select to_jsonb(u) || jsonb_build_object('identities', (select jsonb_agg(i) from auth.identities i where i.user_id = u.id)) as kept
       from auth.users u where u.id = $1`,
      [user.id],
    );
    expect(rows[0].kept.deleted_at).toEqual(expect.any(String));
    expect(JSON.stringify(rows[0].kept)).not.toContain(email);
    expect(JSON.stringify(rows[0].kept)).not.toContain("Bo");
    expect((await api.client().auth.signInWithPassword({ email, password })).error?.code).toBe(
      "invalid_credentials",
    );
    expect((await api.client().auth.signUp({ email, password })).error).toBeNull();
  });

  test("pages through the users, newest first", async () => {
    await Promise.all(Array.from({ length: 7 }, () => created()));
    const first = await admin().listUsers({ page: 1, perPage: 3 });
    if (first.error !== null) throw first.error;
    expect(first.data.users).toHaveLength(3);
    expect(first.data.nextPage).toBe(2);
    expect(first.data.total).toBeGreaterThanOrEqual(7);
    expect(first.data.lastPage).toBe(Math.ceil(first.data.total / 3));
    const all = await admin().listUsers({ perPage: 1000 });
    expect(all.data.users.map(({ id }) => id).slice(0, 3)).toEqual(first.data.users.map(({ id }) => id));
    expect((await admin().listUsers({ page: 0 })).error?.status).toBe(400);
  });

  test("refuses what makes no user", async () => {
    const { email } = await created();
    expect((await admin().createUser({ email })).error).toMatchObject({ status: 422, code: "email_exists" });
    expect((await admin().createUser({})).error).toMatchObject({ status: 400, code: "validation_failed" });
    expect((await admin().createUser({ email: "nobody" })).error?.status).toBe(400);
    const path = await fetch(`${api.url}/auth/v1/admin/users/x'--`, {
      headers: { authorization: `Bearer ${api.identity.serviceRoleKey}` },
    });
    expect(path.status).toBe(404);
  });
});

describe("generated links", () => {
  test("bring a forgotten password back", async () => {
    const { email, user } = await created();
    const { data, error } = await admin().generateLink({ type: "recovery", email });
    expect(error).toBeNull();
    const client = api.client();
    const verified = await client.auth.verifyOtp({
      type: "recovery",
      token_hash: data.properties?.hashed_token ?? "",
    });
    expect(verified.data.user?.id).toBe(user.id);
    expect((await client.auth.updateUser({ password: "remembered now" })).error).toBeNull();
    const spent = await api.client().auth.verifyOtp({
      type: "recovery",
      token_hash: data.properties?.hashed_token ?? "",
    });
    expect(spent.error).toMatchObject({ status: 403, code: "otp_expired" });
  });

  test("confirm a sign-up by code, once and within the hour", async () => {
    const email = newEmail();
    const { data } = await admin().generateLink({ type: "signup", email, password });
    const code = data.properties?.email_otp ?? "";
    expect(code).toMatch(/^\d{6}$/);
    expect((await api.client().auth.signInWithPassword({ email, password })).error?.code).toBe(
      "email_not_confirmed",
    );
    const wrong = await api
      .client()
      .auth.verifyOtp({ type: "signup", email, token: code === "000000" ? "1" : "000000" });
    expect(wrong.error?.code).toBe("otp_expired");
    expect((await api.client().auth.verifyOtp({ type: "signup", email, token: code })).error).toBeNull();
    expect((await api.client().auth.signInWithPassword({ email, password })).error).toBeNull();

    const late = await admin().generateLink({ type: "magiclink", email });
    await api.pool.query("update auth.one_time_tokens set created_at = created_at - interval '61 minutes'");
    const { error } = await api
      .client()
      .auth.verifyOtp({ type: "magiclink", email, token: late.data.properties?.email_otp ?? "" });
    expect(error?.code).toBe("otp_expired");
  });

  test("lead to this machine or an app, with the session in the fragment", async () => {
    const { email, user } = await created();
    const follow = async (redirectTo: string) => {
      const { data } = await admin().generateLink({ type: "magiclink", email, options: { redirectTo } });
      return fetch(data.properties?.action_link ?? "", { redirect: "manual" });
    };
    const reply = await follow("http://localhost:3000/welcome");
    expect(reply.status).toBe(303);
    const location = new URL(reply.headers.get("location") ?? "");
    expect(location.href).toMatch(/^http:\/\/localhost:3000\/welcome#/);
    const token = new URLSearchParams(location.hash.slice(1)).get("access_token") ?? "";
    expect((await api.client().auth.getUser(token)).data.user?.id).toBe(user.id);
    expect((await follow("bee://login")).headers.get("location")).toMatch(/^bee:\/\/login#access_token=/);
    for (const elsewhere of ["https://evil.example/", "javascript:alert(1)", "//evil.example"]) {
      expect((await follow(elsewhere)).headers.get("location")).toMatch(`${api.url}#access_token=`);
    }
    const bad = await fetch(`${api.url}/auth/v1/verify?token=x&type=magiclink`, { redirect: "manual" });
    expect(bad.headers.get("location")).toContain("error_code=otp_expired");
  });
});
