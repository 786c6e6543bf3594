import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { multipart, type Rig, startRig } from "../../../tests/contract/rig.ts";
import { contract, judgeSchema, recorded } from "../../../tests/contract/schema.ts";
import type { HttpReply } from "../http/message.ts";

let rig: Rig;
const answered = new Set<string>();

beforeAll(async () => {
  rig = await startRig();
});

afterAll(() => rig.stop());

const source = { "supabase/functions/hello/index.ts": `Deno.serve(() => new Response("hi"));` };
const metadata = { entrypoint_path: "supabase/functions/hello/index.ts", name: "hello" };

/** Every operation in the order of its life: deploy before read, read before delete. */
const calls: readonly (readonly [string, () => Promise<HttpReply>])[] = [
  ["GET /v1/projects", () => rig.call("GET", "/v1/projects")],
  ["GET /v1/projects/{ref}", () => rig.call("GET", "/v1/projects/{ref}")],
  ["GET /v1/organizations", () => rig.call("GET", "/v1/organizations")],
  ["GET /v1/organizations/{slug}", () => rig.call("GET", "/v1/organizations/bee-local")],
  ["GET /v1/projects/{ref}/branches", () => rig.call("GET", "/v1/projects/{ref}/branches")],
  [
    "GET /v1/projects/{ref}/health",
    () =>
      rig.call("GET", "/v1/projects/{ref}/health", {
        query: "services=db&services=rest,auth&services=pooler&timeout_ms=50",
      }),
  ],
  [
    "GET /v1/projects/{ref}/api-keys",
    () => rig.call("GET", "/v1/projects/{ref}/api-keys", { query: "reveal=true" }),
  ],
  ["GET /v1/projects/{ref}/api-keys/legacy", () => rig.call("GET", "/v1/projects/{ref}/api-keys/legacy")],
  ["GET /v1/projects/{ref}/api-keys/{id}", () => rig.call("GET", "/v1/projects/{ref}/api-keys/anon")],
  [
    "POST /v1/projects/{ref}/secrets",
    () => rig.call("POST", "/v1/projects/{ref}/secrets", { json: [{ name: "FOO", value: "bar" }] }),
  ],
  ["GET /v1/projects/{ref}/secrets", () => rig.call("GET", "/v1/projects/{ref}/secrets")],
  [
    "DELETE /v1/projects/{ref}/secrets",
    () => rig.call("DELETE", "/v1/projects/{ref}/secrets", { json: ["FOO"] }),
  ],
  [
    "POST /v1/projects/{ref}/functions/deploy",
    () =>
      rig.call("POST", "/v1/projects/{ref}/functions/deploy", {
        query: "slug=hello",
        ...multipart(source, metadata),
      }),
  ],
  [
    "POST /v1/projects/{ref}/functions",
    () =>
      rig.call("POST", "/v1/projects/{ref}/functions", {
        json: { slug: "legacy", name: "Legacy", body: source["supabase/functions/hello/index.ts"] },
      }),
  ],
  ["GET /v1/projects/{ref}/functions", () => rig.call("GET", "/v1/projects/{ref}/functions")],
  [
    "GET /v1/projects/{ref}/functions/{function_slug}",
    () => rig.call("GET", "/v1/projects/{ref}/functions/hello"),
  ],
  [
    "GET /v1/projects/{ref}/functions/{function_slug}/body",
    () => rig.call("GET", "/v1/projects/{ref}/functions/hello/body"),
  ],
  [
    "PUT /v1/projects/{ref}/functions",
    async () =>
      rig.call("PUT", "/v1/projects/{ref}/functions", {
        json: (await rig.call("GET", "/v1/projects/{ref}/functions")).body,
      }),
  ],
  [
    "PATCH /v1/projects/{ref}/functions/{function_slug}",
    () => rig.call("PATCH", "/v1/projects/{ref}/functions/hello", { json: { verify_jwt: false } }),
  ],
  [
    "DELETE /v1/projects/{ref}/functions/{function_slug}",
    () => rig.call("DELETE", "/v1/projects/{ref}/functions/legacy"),
  ],
  ["GET /v1/projects/{ref}/config/auth", () => rig.call("GET", "/v1/projects/{ref}/config/auth")],
  ["GET /v1/projects/{ref}/postgrest", () => rig.call("GET", "/v1/projects/{ref}/postgrest")],
  ["GET /v1/projects/{ref}/ssl-enforcement", () => rig.call("GET", "/v1/projects/{ref}/ssl-enforcement")],
  [
    "GET /v1/projects/{ref}/network-restrictions",
    () => rig.call("GET", "/v1/projects/{ref}/network-restrictions"),
  ],
  [
    "POST /v1/projects/{ref}/network-bans/retrieve",
    () => rig.call("POST", "/v1/projects/{ref}/network-bans/retrieve"),
  ],
  [
    "GET /v1/projects/{ref}/config/database/pooler",
    () => rig.call("GET", "/v1/projects/{ref}/config/database/pooler"),
  ],
  [
    "GET /v1/projects/{ref}/config/database/postgres",
    () => rig.call("GET", "/v1/projects/{ref}/config/database/postgres"),
  ],
  ["GET /v1/projects/{ref}/config/storage", () => rig.call("GET", "/v1/projects/{ref}/config/storage")],
  ["GET /v1/projects/{ref}/readonly", () => rig.call("GET", "/v1/projects/{ref}/readonly")],
  [
    "POST /v1/projects/{ref}/database/query",
    () => rig.call("POST", "/v1/projects/{ref}/database/query", { json: { query: "SELECT 1" } }),
  ],
  [
    "POST /v1/projects/{ref}/database/query/read-only",
    () =>
      rig.call("POST", "/v1/projects/{ref}/database/query/read-only", { json: { query: "select 1 as a" } }),
  ],
  ["GET /v1/projects/{ref}/database/context", () => rig.call("GET", "/v1/projects/{ref}/database/context")],
  [
    "GET /v1/projects/{ref}/database/migrations",
    () => rig.call("GET", "/v1/projects/{ref}/database/migrations"),
  ],
  [
    "POST /v1/projects/{ref}/database/backups/restore-pitr",
    () =>
      rig.call("POST", "/v1/projects/{ref}/database/backups/restore-pitr", {
        json: { recovery_time_target_unix: 1707407047 },
      }),
  ],
  [
    "POST /v1/projects/{ref}/database/backups/restore-point",
    () => rig.call("POST", "/v1/projects/{ref}/database/backups/restore-point", { json: { name: "before" } }),
  ],
  [
    "GET /v1/projects/{ref}/database/backups/restore-point",
    () => rig.call("GET", "/v1/projects/{ref}/database/backups/restore-point", { query: "name=before" }),
  ],
  ["GET /v1/projects/{ref}/database/backups", () => rig.call("GET", "/v1/projects/{ref}/database/backups")],
  [
    "POST /v1/projects/{ref}/database/backups/restore",
    () => rig.call("POST", "/v1/projects/{ref}/database/backups/restore", { json: { id: 1 } }),
  ],
  ["GET /v1/projects/{ref}/advisors/security", () => rig.call("GET", "/v1/projects/{ref}/advisors/security")],
  [
    "GET /v1/projects/{ref}/advisors/performance",
    () => rig.call("GET", "/v1/projects/{ref}/advisors/performance"),
  ],
  [
    "POST /v1/projects/{ref}/cli/login-role",
    () => rig.call("POST", "/v1/projects/{ref}/cli/login-role", { json: { read_only: false } }),
  ],
  ["DELETE /v1/projects/{ref}/cli/login-role", () => rig.call("DELETE", "/v1/projects/{ref}/cli/login-role")],
];

/** Names a recorded reply has and ours has not. */
function missingNames(theirs: unknown, ours: unknown, at = "body"): readonly string[] {
  if (Array.isArray(theirs)) {
    const [first] = theirs;
    return first === undefined || !Array.isArray(ours) || ours.length === 0
      ? []
      : missingNames(first, ours[0], `${at}[0]`);
  }
  if (typeof theirs !== "object" || theirs === null) return [];
  if (typeof ours !== "object" || ours === null) return [`${at}: not an object`];
  return Object.entries(theirs).flatMap(([name, value]) =>
    name in ours
      ? missingNames(value, (ours as Record<string, unknown>)[name], `${at}.${name}`)
      : [`${at}.${name}`],
  );
}

describe("the Management API keeps the contract", () => {
  it.each(calls)("%s", async (operation, call) => {
    const reply = await call();
    answered.add(operation);
    const pitr = operation.endsWith("/restore-pitr");
    if (!pitr) {
      const { responses } = contract.operations[operation]!;
      expect(Object.keys(responses)).toContain(String(reply.status));
      const schema = responses[String(reply.status)];
      if (schema != null) expect(judgeSchema(schema, reply.body)).toEqual([]);
    }
    const [example] = recorded[operation] ?? [];
    if (example == null) return;
    expect(reply.status).toBe(example.status);
    if (!Array.isArray(reply.body) || reply.body.length > 0)
      expect(missingNames(example.body, reply.body ?? null)).toEqual([]);
  });

  it("for every operation in it", () => {
    expect([...answered].sort()).toEqual(Object.keys(contract.operations).sort());
  });

  it("refuses in the hosted shape", async () => {
    const refusals = await Promise.all([
      rig.call("GET", "/v1/projects", { headers: { authorization: "" } }),
      rig.call("GET", "/v1/projects", { headers: { authorization: `Bearer sbp_${"0".repeat(40)}` } }),
      rig.call("GET", `/v1/projects/${"z".repeat(20)}/functions`),
      rig.call("GET", "/v1/nothing"),
      rig.call("POST", "/v1/projects", { json: { name: "x" } }),
      rig.call("GET", "/v1/projects/{ref}/functions/nope"),
    ]);
    expect(refusals.map(({ status, body }) => [status, body])).toEqual([
      [401, { message: "Unauthorized" }],
      [401, { message: "Unauthorized" }],
      [404, { message: "Project not found" }],
      [404, { message: "Cannot GET /v1/nothing" }],
      [400, { message: "The local platform has one project, which `bee local` manages" }],
      [404, { message: "Function not found" }],
    ]);
  });

  it("limits the rate when told to, as hosted does", async () => {
    rig.rateLimit.perMinute = 2;
    const start = new Date("2026-05-05T05:05:05Z");
    rig.setTime(start);
    const replies = [
      await rig.call("GET", "/v1/projects"),
      await rig.call("GET", "/v1/projects"),
      await rig.call("GET", "/v1/projects"),
    ];
    expect(replies.map(({ status, headers }) => [status, headers?.["x-ratelimit-remaining"]])).toEqual([
      [200, "1"],
      [200, "0"],
      [429, "0"],
    ]);
    rig.setTime(new Date(start.getTime() + 20_000));
    expect(await rig.call("GET", "/v1/projects")).toEqual({
      status: 429,
      headers: {
        "x-ratelimit-limit": "2",
        "x-ratelimit-remaining": "0",
        "x-ratelimit-reset": "40",
        "retry-after": "40",
      },
      body: { message: "ThrottlerException: Too Many Requests" },
    });
    rig.setTime(new Date(start.getTime() + 60_000));
    expect((await rig.call("GET", "/v1/projects")).status).toBe(200);
    rig.rateLimit.perMinute = null;
    rig.setTime(new Date());
    expect((await rig.call("GET", "/v1/projects")).headers).toEqual({});
  });
});
