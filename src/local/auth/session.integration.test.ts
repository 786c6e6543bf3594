import { SignJWT } from "jose";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { readBody, startTestApi, type TestApi } from "./api.test-support.ts";

let api: TestApi;
beforeAll(async () => {
  api = await startTestApi();
});
afterAll(() => api.stop());

let emails = 0;
const password = "correct horse";

async function signedUp() {
  const client = api.client();
  const email = `session${++emails}@example.test`;
  const { data, error } = await client.auth.signUp({ email, password });
  if (error !== null || data.session === null || data.user === null) throw error ?? new Error("no session");
  return { client, email, session: data.session, user: data.user };
}

async function signedIn(email: string) {
  const client = api.client();
  const { data, error } = await client.auth.signInWithPassword({ email, password });
  if (error !== null) throw error;
  return { client, session: data.session };
}

const refresh = (token: string) => api.post("/token?grant_type=refresh_token", { refresh_token: token });

function readUser(token: string): Promise<Response> {
  return fetch(`${api.url}/auth/v1/user`, { headers: { authorization: `Bearer ${token}` } });
}

/** As if the token had been spent that long ago. */
async function age(token: string, seconds: number): Promise<void> {
  await api.pool.query(
    "update auth.refresh_tokens set updated_at = now() - $2 * interval '1 second' where token = $1",
    [token, seconds],
  );
}

describe("refreshing", () => {
  test("gives a new pair within the same session, and keeps how the user signed in", async () => {
    const { client, session } = await signedUp();
    const { data, error } = await client.auth.refreshSession();
    expect(error).toBeNull();
    expect(data.session?.refresh_token).not.toBe(session.refresh_token);
    const [before, after] = [session, data.session].map((one) =>
      JSON.parse(Buffer.from(one?.access_token.split(".")[1] ?? "", "base64url").toString()),
    );
    expect(after.session_id).toBe(before.session_id);
    expect(after.amr).toEqual(before.amr);
  });

  test("at once from many tabs leaves all of them with the same token", async () => {
    const { session } = await signedUp();
    const replies = await Promise.all(Array.from({ length: 10 }, () => refresh(session.refresh_token)));
    expect(replies.map((reply) => reply.status)).toEqual(Array(10).fill(200));
    const tokens = await Promise.all(
      replies.map(async (reply) => String((await readBody(reply))["refresh_token"])),
    );
    expect(new Set(tokens).size).toBe(1);
    expect((await refresh(tokens[0] ?? "")).status).toBe(200);
  });

  test("with the parent of the current token works however late: its answer may have been lost", async () => {
    const { session } = await signedUp();
    const next = await readBody(await refresh(session.refresh_token));
    await age(session.refresh_token, 3600);
    const again = await refresh(session.refresh_token);
    expect(again.status).toBe(200);
    expect((await readBody(again))["refresh_token"]).toBe(next["refresh_token"]);
  });

  test("with a token spent for good revokes the family", async () => {
    const { session } = await signedUp();
    const second = await readBody(await refresh(session.refresh_token));
    const third = await readBody(await refresh(String(second["refresh_token"])));
    await age(session.refresh_token, 11);
    const reused = await refresh(session.refresh_token);
    expect(reused.status).toBe(400);
    expect((await readBody(reused))["error_code"]).toBe("refresh_token_already_used");
    expect((await readBody(await refresh(String(third["refresh_token"]))))["error_code"]).toBe(
      "refresh_token_already_used",
    );
  });

  test("refuses an unknown token, none, and a banned user's", async () => {
    expect((await readBody(await refresh("unknown")))["error_code"]).toBe("refresh_token_not_found");
    expect((await readBody(await api.post("/token?grant_type=refresh_token", {})))["error_code"]).toBe(
      "validation_failed",
    );
    const { session, user } = await signedUp();
    await api.pool.query("update auth.users set banned_until = now() + interval '1 hour' where id = $1", [
      user.id,
    ]);
    expect((await readBody(await refresh(session.refresh_token)))["error_code"]).toBe("user_banned");
  });
});

describe("signing out", () => {
  test("local ends this session alone", async () => {
    const { client, email, session } = await signedUp();
    const other = await signedIn(email);
    expect((await client.auth.signOut({ scope: "local" })).error).toBeNull();
    expect((await readUser(session.access_token)).status).toBe(403);
    expect((await readBody(await readUser(session.access_token)))["error_code"]).toBe("session_not_found");
    expect((await refresh(session.refresh_token)).status).toBe(400);
    expect((await readUser(other.session.access_token)).status).toBe(200);
  });

  test("others ends the rest", async () => {
    const { client, email, session } = await signedUp();
    const other = await signedIn(email);
    expect((await client.auth.signOut({ scope: "others" })).error).toBeNull();
    expect((await readUser(session.access_token)).status).toBe(200);
    expect((await refresh(other.session.refresh_token)).status).toBe(400);
  });

  test("global ends all, but no other user's", async () => {
    const { client, email, session } = await signedUp();
    const other = await signedIn(email);
    const stranger = await signedUp();
    expect((await client.auth.signOut()).error).toBeNull();
    expect((await readUser(session.access_token)).status).toBe(403);
    expect((await readUser(other.session.access_token)).status).toBe(403);
    expect((await readUser(stranger.session.access_token)).status).toBe(200);
  });

  test("refuses an unknown scope", async () => {
    const { session } = await signedUp();
    const reply = await api.post(
      "/logout?scope=all",
      {},
      { authorization: `Bearer ${session.access_token}` },
    );
    expect(reply.status).toBe(400);
    expect((await readUser(session.access_token)).status).toBe(200);
  });
});

describe("the caller's token", () => {
  test("must be there, be signed by the project, be current and name a user", async () => {
    const none = await fetch(`${api.url}/auth/v1/user`);
    expect([none.status, (await readBody(none))["error_code"]]).toEqual([401, "no_authorization"]);

    const { user, session } = await signedUp();
    const claims = { sub: user.id, role: "authenticated" };
    const forged = await new SignJWT(claims)
      .setProtectedHeader({ alg: "HS256", typ: "JWT" })
      .setExpirationTime("1h")
      .sign(new TextEncoder().encode("not the project's secret, but long enough"));
    const expired = await new SignJWT(claims)
      .setProtectedHeader({ alg: "HS256", typ: "JWT" })
      .setExpirationTime(Math.floor(Date.now() / 1000) - 10)
      .sign(new TextEncoder().encode(api.identity.jwtSecret));
    const unsigned = `${Buffer.from('{"alg":"none"}').toString("base64url")}.${session.access_token.split(".")[1]}.`;
    for (const token of [forged, expired, unsigned, "x", api.identity.anonKey]) {
      const reply = await readUser(token);
      expect([reply.status, (await readBody(reply))["error_code"]]).toEqual([403, "bad_jwt"]);
    }
    await api.pool.query("delete from auth.users where id = $1", [user.id]);
    expect((await readBody(await readUser(session.access_token)))["error_code"]).toBe("user_not_found");
  });
});

describe("updating oneself", () => {
  test("merges metadata, removes what is null and leaves app_metadata alone", async () => {
    const { client, session } = await signedUp();
    await client.auth.updateUser({ data: { a: 1, b: { c: 2 } } });
    const { data } = await client.auth.updateUser({ data: { a: null, d: "x" } });
    expect(data.user?.user_metadata).toMatchObject({ b: { c: 2 }, d: "x" });
    expect(data.user?.user_metadata).not.toHaveProperty("a");
    const reply = await fetch(`${api.url}/auth/v1/user`, {
      method: "PUT",
      headers: { authorization: `Bearer ${session.access_token}`, "content-type": "application/json" },
      body: JSON.stringify({ app_metadata: { role: "admin" } }),
    });
    expect([reply.status, (await readBody(reply))["error_code"]]).toEqual([403, "not_admin"]);
  });

  test("with a new password ends the other sessions; the old one no longer signs in", async () => {
    const { client, email, session } = await signedUp();
    const other = await signedIn(email);
    expect((await client.auth.updateUser({ password })).error?.code).toBe("same_password");
    expect((await client.auth.updateUser({ password: "12345" })).error?.code).toBe("weak_password");
    expect((await client.auth.updateUser({ password: "brand new one" })).error).toBeNull();
    expect((await readUser(session.access_token)).status).toBe(200);
    expect((await readUser(other.session.access_token)).status).toBe(403);
    expect((await api.client().auth.signInWithPassword({ email, password })).error?.code).toBe(
      "invalid_credentials",
    );
  });

  test("cannot take another's address", async () => {
    const { email } = await signedUp();
    const { client } = await signedUp();
    expect((await client.auth.updateUser({ email })).error?.code).toBe("email_exists");
  });
});
