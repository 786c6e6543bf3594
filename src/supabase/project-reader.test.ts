import { afterEach, describe, expect, it } from "vitest";
import { type FakeApi, startFakeApi } from "../../tests/support/fake-api.ts";
import { createProjectReader } from "./project-reader.ts";

let fake: FakeApi;
afterEach(() => fake.close());

async function reader(json: unknown) {
  fake = await startFakeApi(() => ({ status: 200, json }));
  return createProjectReader(fake.api, "abcdefghijklmnopqrst");
}

const legacy = [
  { name: "anon", type: "legacy", api_key: "a.b.c" },
  { name: "service_role", type: "legacy", api_key: "d.e.f" },
];

describe("API keys", () => {
  it.each([
    [
      "the new ones",
      [
        ...legacy,
        { name: "default", type: "publishable", api_key: "sb_publishable_x" },
        { name: "default", type: "secret", api_key: "sb_secret_y" },
      ],
      "sb_publishable_x",
      "sb_secret_y",
    ],
    ["the legacy ones when there are no others", legacy, "a.b.c", "d.e.f"],
    [
      "the legacy secret when the new one is masked",
      [...legacy, { name: "default", type: "secret", api_key: "sb_secret_abc···" }],
      "a.b.c",
      "d.e.f",
    ],
    ["keys without a type", legacy.map(({ name, api_key }) => ({ name, api_key })), "a.b.c", "d.e.f"],
  ])("are %s", async (_what, json, publishable, secret) => {
    const keys = await (await reader(json)).readApiKeys();
    expect([keys.publishable, keys.secret.reveal()]).toEqual([publishable, secret]);
    expect(fake.seen[0]?.line).toContain("reveal=true");
  });

  it.each([[[]], [[legacy[0], { name: "service_role", type: "legacy", api_key: null }]]])(
    "are missed in %j",
    async (json) => {
      await expect((await reader(json)).readApiKeys()).rejects.toMatchObject({ code: "BEE-E209", exit: 8 });
    },
  );
});

describe("health", () => {
  it("goes by status where there is one", async () => {
    const json = [
      { name: "db", healthy: true, status: "COMING_UP" },
      { name: "auth", healthy: true },
      { name: "rest", status: "ACTIVE_HEALTHY", healthy: true, info: { db_schema: "public" } },
      { name: "realtime", healthy: false, status: "UNHEALTHY", error: "down" },
    ];
    expect(await (await reader(json)).readHealth()).toEqual([
      { name: "db", healthy: false },
      { name: "auth", healthy: true },
      { name: "rest", healthy: true },
      { name: "realtime", healthy: false, error: "down" },
    ]);
  });
});
