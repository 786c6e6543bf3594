import { createServer, type IncomingMessage, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { createSentry } from "./sentry.ts";

let server: Server;
let seen: IncomingMessage | null = null;
let answer: { status: number; text: string } = { status: 200, text: "{}" };
let env: Record<string, string>;

beforeAll(async () => {
  server = createServer((request, response) => {
    seen = request;
    response.writeHead(answer.status, { "content-type": "application/json" }).end(answer.text);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  env = {
    SENTRY_URL: `http://127.0.0.1:${(server.address() as AddressInfo).port}/`,
    SENTRY_AUTH_TOKEN: "sntrys_hidden",
    SENTRY_ORG: "bee",
    SENTRY_PROJECT: "42",
    SENTRY_RELEASE: "com.example.bee@1.2.0+45",
  };
});
afterAll(() => server.close());

const group = (status: string, count: number) => ({
  by: { "session.status": status },
  totals: { "sum(session)": count },
});

describe("the app's sessions in Sentry", () => {
  it("are those of one release in production, crashed ones apart", async () => {
    const groups = [group("healthy", 4000), group("errored", 20), group("crashed", 3), group("abnormal", 1)];
    answer = { status: 200, text: JSON.stringify({ groups, intervals: [] }) };
    expect(await createSentry(env).readSessions()).toEqual({
      crashed: 3,
      total: 4024,
      release: "com.example.bee@1.2.0+45",
      period: "14d",
    });
    const url = new URL(`http://x${seen?.url}`);
    expect(url.pathname).toBe("/api/0/organizations/bee/sessions/");
    expect(Object.fromEntries(url.searchParams)).toMatchObject({
      project: "42",
      environment: "production",
      query: 'release:"com.example.bee@1.2.0+45"',
      groupBy: "session.status",
    });
    expect(seen?.headers.authorization).toBe("Bearer sntrys_hidden");
  });

  it("are not asked for where nothing is set up", async () => {
    expect(await createSentry({}).readSessions()).toBeNull();
  });

  it("are none where it is set up by halves, with all that is missing", async () => {
    const half = {
      SENTRY_AUTH_TOKEN: "sntrys_hidden",
      SENTRY_PROJECT: "bee",
      SENTRY_URL: "http://example.com",
    };
    await expect(createSentry(half).readSessions()).rejects.toMatchObject({
      code: "BEE-E756",
      exit: 4,
      message: expect.stringMatching(/SENTRY_ORG.*SENTRY_PROJECT.*SENTRY_RELEASE.*SENTRY_URL must be https/),
    });
  });

  it.each([
    ["a refusal", { status: 401, text: '{"detail":"sntrys_hidden"}' }, "it answers 401"],
    ["something else", { status: 200, text: "<html>" }, "not what its documentation says"],
  ])("are none with %s, and the token is not shown", async (_what, given, why) => {
    answer = given;
    const failure = await createSentry(env)
      .readSessions()
      .catch((error: unknown) => error);
    expect(failure).toMatchObject({ code: "BEE-E756", message: expect.stringContaining(why) });
    expect(String(failure)).not.toContain("sntrys_hidden");
  });
});
