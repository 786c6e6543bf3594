import { afterEach, describe, expect, it } from "vitest";
import { type FakeApi, type FakeRequest, startFakeApi } from "../../tests/support/fake-api.ts";
import { Secret } from "../core/secret.ts";
import type { AppGateway } from "../ports/app-gateway.ts";
import { createAppGateway } from "./app-gateway.ts";

let fake: FakeApi;
let app: AppGateway;
afterEach(async () => {
  await app.close();
  fake.close();
});

async function start(
  answer: (request: FakeRequest) => { status: number; json?: unknown },
): Promise<AppGateway> {
  fake = await startFakeApi(answer);
  const readKeys = async () => ({ publishable: "sb_publishable_p", secret: new Secret("sb_secret_s") });
  app = createAppGateway({ url: fake.url, readKeys, run: "r1" });
  return app;
}

const signedIn = { access_token: "jwt", user: { id: "u1" } };
const lines = () => fake.seen.map(({ line }) => line);

describe("a synthetic user", () => {
  it("is made by the admin API where signing up would send mail", async () => {
    await start(({ line }) => {
      if (line.includes("settings"))
        return { status: 200, json: { mailer_autoconfirm: false, disable_signup: false } };
      return { status: 200, json: line.includes("admin") ? { id: "u1" } : signedIn };
    });
    expect((await app.createUser("a")).userId).toBe("u1");
    expect(lines()).toEqual([
      "GET /auth/v1/settings",
      "POST /auth/v1/admin/users",
      "POST /auth/v1/token?grant_type=password",
    ]);
    const made = JSON.parse(fake.seen[1]?.body ?? "") as Record<string, unknown>;
    expect(made).toMatchObject({ email_confirm: true, user_metadata: { bee_probe: "r1" } });
    expect(made["email"]).toMatch(/^bee-probe-r1-a-[0-9a-f]{6}@example\.invalid$/);
  });

  it("signs up where addresses are confirmed by themselves; the settings are asked once", async () => {
    await start(({ line }) => ({
      status: 200,
      json: line.includes("settings") ? { mailer_autoconfirm: true, disable_signup: false } : signedIn,
    }));
    await Promise.all([app.createUser("a"), app.createUser("b")]);
    expect(lines().sort()).toEqual(["GET /auth/v1/settings", "POST /auth/v1/signup", "POST /auth/v1/signup"]);
  });

  it("is made by the admin API when the settings are not told", async () => {
    await start(({ line }) => {
      if (line.includes("settings")) return { status: 404 };
      return { status: 200, json: line.includes("admin") ? { id: "u1" } : signedIn };
    });
    expect((await app.createUser("a")).userId).toBe("u1");
  });

  it("says what the auth service answered instead", async () => {
    await start(() => ({ status: 422, json: { error_code: "weak_password" } }));
    await expect(app.createUser("a")).rejects.toMatchObject({
      code: "BEE-E211",
      message: expect.stringContaining(
        'POST /auth/v1/admin/users answered 422, not what was asked for: {"error_code":"weak_password"}',
      ),
    });
  });
});

describe("a request", () => {
  it("carries the caller's headers over the usual ones", async () => {
    await start(() => ({ status: 200, json: [] }));
    const headers = { Authorization: "Bearer forged", Prefer: "count=exact" };
    expect(await app.anonymous().send({ path: "/rest/v1/x", headers })).toMatchObject({
      status: 200,
      body: [],
    });
  });

  it("names host and path when nobody answers, but no query", async () => {
    await start(() => ({ status: 200 }));
    fake.close();
    await expect(app.anonymous().send({ path: "/rest/v1/x?token=abc" })).rejects.toMatchObject({
      code: "BEE-E210",
      message: expect.stringMatching(/^GET http:\/\/127\.0\.0\.1:\d+\/rest\/v1\/x: connect ECONNREFUSED/),
    });
  });
});
