import { stat } from "node:fs/promises";
import { join } from "node:path";
import pg from "pg";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type Call, multipart, type Rig, startRig } from "../../../tests/contract/rig.ts";
import { captured } from "../../../tests/contract/schema.ts";
import { parseMultipart } from "./multipart.ts";

let rig: Rig;

beforeAll(async () => {
  rig = await startRig();
});
afterAll(() => rig.stop());

const entry = (slug: string) => `supabase/functions/${slug}/index.ts`;

function upload(slug: string, source: string, query = ""): Promise<{ status: number; body?: unknown }> {
  const body = multipart({ [entry(slug)]: source }, { entrypoint_path: entry(slug), name: slug });
  return rig.call("POST", "/v1/projects/{ref}/functions/deploy", { query: `slug=${slug}${query}`, ...body });
}

const call = (method: string, path: string, more?: Call) =>
  rig.call(method, `/v1/projects/{ref}${path}`, more);
const rows = async (method: string, path: string, more?: Call) =>
  (await call(method, path, more)).body as readonly Record<string, unknown>[];
const sql = (query: string, more = {}) => call("POST", "/database/query", { json: { query, ...more } });

describe("functions", () => {
  it("go live together, by the requests the CLI sends", async () => {
    const requests = captured["functions-deploy-bulk-jobs4"] ?? [];
    const staged: Record<string, unknown>[] = [];
    for (const request of requests.filter(({ method }) => method === "POST")) {
      const { parts } = request.body as { parts: { headers: string[]; text: string }[] };
      const files = parts.filter(({ headers }) => headers[0]?.includes("filename"));
      const names = files.map(({ headers, text }) => [
        /filename="([^"]+)"/.exec(headers[0] ?? "")?.[1],
        text,
      ]);
      const metadata = JSON.parse(parts.at(-1)?.text ?? "{}");
      const reply = await call("POST", "/functions/deploy", {
        query: request.query.slice(1),
        ...multipart(Object.fromEntries(names), metadata),
      });
      expect(reply.status).toBe(201);
      staged.push(reply.body as Record<string, unknown>);
    }
    expect(await rows("GET", "/functions")).toEqual([]);
    const bulk = staged.map(({ updated_at: _, ...record }) => record);
    const reply = await call("PUT", "/functions", { json: bulk });
    expect(reply.status).toBe(200);
    expect(
      (await rows("GET", "/functions"))
        .map(({ slug, version, ezbr_sha256 }) => [slug, version, ezbr_sha256])
        .sort(),
    ).toEqual(bulk.map((record) => [record["slug"], 1, record["ezbr_sha256"]]).sort());
  });

  it("keep what is live when one of a bulk is unknown, stale or named twice", async () => {
    await upload("steady", "Deno.serve(() => new Response('1'))");
    const [live] = (await rows("GET", "/functions")).filter(({ slug }) => slug === "steady");
    const next = (await upload("steady", "Deno.serve(() => new Response('2'))", "&bundleOnly=true"))
      .body as typeof live;
    const put = (json: unknown) => call("PUT", "/functions", { json });
    expect(await put([next, { ...next, slug: "other", ezbr_sha256: "0".repeat(64) }])).toMatchObject({
      status: 400,
      body: { message: expect.stringContaining("other: no bundle with ezbr_sha256 0000") },
    });
    expect(await put([{ ...next, version: 1 }])).toMatchObject({
      status: 409,
      body: {
        message: "deployment already exists: steady is at version 1, version 1 must be bumped above it",
      },
    });
    expect((await put([next, next])).status).toBe(400);
    expect((await put([{ slug: "steady" }])).status).toBe(400);
    expect(await call("GET", "/functions/steady")).toMatchObject({ body: live });
    expect((await put([next])).status).toBe(200);
    expect(await call("GET", "/functions/steady")).toMatchObject({
      body: { version: 2, ezbr_sha256: next?.["ezbr_sha256"] },
    });
  });

  it("say why they cannot be bundled, and change nothing", async () => {
    expect(await upload("broken", "const x = ;\n")).toEqual({
      status: 400,
      headers: {},
      body: { message: `Failed to bundle the function (reason: ${entry("broken")}:1:11: Unexpected ";")` },
    });
    expect((await call("GET", "/functions/broken")).status).toBe(404);
  });

  it("give their files back in parts, or the module that is served", async () => {
    const source = "const n: number = 1; Deno.serve(() => new Response(String(n)));";
    await upload("body", source);
    const parts = await call("GET", "/functions/body/body", { headers: { accept: "multipart/form-data" } });
    expect(parseMultipart(parts.headers?.["content-type"] ?? "", parts.body as Buffer)).toEqual([
      {
        name: "metadata",
        filename: null,
        bytes: Buffer.from(JSON.stringify({ deno2_entrypoint_path: entry("body") })),
      },
      { name: "file", filename: entry("body"), bytes: Buffer.from(source) },
    ]);
    const module = (await call("GET", "/functions/body/body")).body as Buffer;
    expect(module.toString()).toContain("String(n)");

    await upload("body", "Deno.serve(() => new Response('other'));");
    const restored = await call("PATCH", "/functions/body", {
      body: module,
      headers: { "content-type": "application/vnd.denoland.eszip" },
    });
    expect(restored).toMatchObject({ status: 200, body: { version: 3 } });
    expect((await call("GET", "/functions/body/body")).body).toEqual(module);
    expect(await call("PATCH", "/functions/body", { body: Buffer.from("ESZIP2.2…") })).toMatchObject({
      status: 400,
      body: { message: expect.stringContaining("not eszip") },
    });
  });

  it("keep their settings until they are changed", async () => {
    await call("PATCH", "/functions/body", { query: "verify_jwt=false&name=Body" });
    await upload("body", "Deno.serve(() => new Response('again'));");
    expect(await call("GET", "/functions/body")).toMatchObject({
      body: { verify_jwt: false, name: "body", version: 5 },
    });
  });
});

describe("secrets", () => {
  const post = (json: unknown) => call("POST", "/secrets", { json });

  it("show digests, never values, and lie in a private file", async () => {
    await post([{ name: "FOO", value: "bar" }]);
    const listed = await rows("GET", "/secrets");
    expect(listed.find(({ name }) => name === "FOO")?.["value"]).toBe(
      "fcde2b2edba56bf408601fb721fe9b5c338d10ee429ea04fae5511b68fbf8fb9",
    );
    expect(listed.map(({ name }) => name)).toContain("SUPABASE_URL");
    expect(JSON.stringify(listed)).not.toContain('"bar"');
    expect((await stat(join(rig.dir, "secrets.json"))).mode & 0o777).toBe(0o600);
  });

  it.each([
    ["a reserved name", [{ name: "SUPABASE_URL", value: "x" }], "SUPABASE_ prefix"],
    ["an empty name", [{ name: "", value: "x" }], "must not be empty"],
    ["a name no variable can have", [{ name: "A=B", value: "x" }], "must not be empty or contain ="],
    ["NUL in the value", [{ name: "A", value: "\0" }], "must not contain NUL"],
    ["a value beyond 24,576 characters", [{ name: "A", value: "x".repeat(24_577) }], "24576"],
    ["a value beyond 48 KiB", [{ name: "A", value: "€".repeat(20_000) }], "48 KiB"],
    ["no list", { A: "b" }, "expected array"],
    [
      "more than a hundred",
      Array.from({ length: 101 }, (_, i) => ({ name: `N${i}`, value: "x" })),
      "Maximum number of secrets",
    ],
  ])("refuse %s", async (_, json, message) => {
    const before = await rows("GET", "/secrets");
    expect(await post(json)).toMatchObject({
      status: 400,
      body: { message: expect.stringContaining(message) },
    });
    expect(await rows("GET", "/secrets")).toEqual(before);
  });

  it("go by the names that are known", async () => {
    await post([{ name: "ONE", value: "1" }]);
    expect((await call("DELETE", "/secrets", { json: ["ONE", "NEVER", "SUPABASE_URL"] })).status).toBe(200);
    const names = (await rows("GET", "/secrets")).map(({ name }) => name);
    expect(names).not.toContain("ONE");
    expect(names).toContain("SUPABASE_URL");
  });
});

describe("SQL", () => {
  it("runs as postgres, who is no superuser", async () => {
    expect(await sql("select current_user as role, current_setting('is_superuser') as super")).toMatchObject({
      status: 201,
      body: [{ role: "postgres", super: "off" }],
    });
    expect((await sql("reset role; reset session authorization; select current_user as role")).body).toEqual([
      { role: "postgres" },
    ]);
  });

  it("answers JSON as hosted does, and the last rows of several statements", async () => {
    const all =
      "select 1::int as i, 2::bigint as b, 1.50::numeric as n, '{\"a\":1}'::jsonb as j, date '2026-01-02' as d, timestamptz '2026-01-02 03:04:05Z' as t, true as y, null as z, array[1,2] as l";
    expect((await sql(all)).body).toEqual([
      {
        i: 1,
        b: 2,
        n: "1.50",
        j: { a: 1 },
        d: "2026-01-02",
        t: "2026-01-02 03:04:05+00",
        y: true,
        z: null,
        l: [1, 2],
      },
    ]);
    expect((await sql("select 1 as a; select 2 as a; create temp table t (x int)")).body).toEqual([{ a: 2 }]);
    expect((await sql("select $1::int + 1 as sum", { parameters: [41] })).body).toEqual([{ sum: 42 }]);
  });

  it("says what Postgres said, with the line and a caret", async () => {
    const { status, body } = await sql("select 1,\n  nope from nowhere");
    expect(status).toBe(400);
    expect((body as { message: string }).message.split("\n")).toEqual([
      'Failed to run sql query: ERROR:  42P01: relation "nowhere" does not exist',
      "LINE 2:   nope from nowhere",
      "                    ^",
    ]);
  });

  it("leaves no transaction, setting or temporary table to the next query", async () => {
    await sql("begin; set search_path = pg_catalog; create temp table mine (x int)");
    for (let i = 0; i < 4; i++) {
      expect(
        (await sql("select current_setting('search_path') as path, to_regclass('mine') as mine")).body,
      ).toEqual([{ path: '"$user", public, extensions', mine: null }]);
    }
  });

  it.each([
    ["a write", "create table w (x int)", "25006"],
    ["a write after the end of the transaction", "commit; create table w (x int)", "42601"],
    ["a write in a function", "select set_config('transaction_read_only', 'off', true)", "25001"],
  ])("refuses %s when it shall only read", async (_, query, code) => {
    for (const path of ["/database/query/read-only", "/database/query"]) {
      expect(await call("POST", path, { json: { query, read_only: true } })).toMatchObject({
        status: 400,
        body: { message: expect.stringContaining(`ERROR:  ${code}`) },
      });
    }
    expect((await sql("select to_regclass('public.w') as w")).body).toEqual([{ w: null }]);
  });

  it("gives a login for five minutes that becomes postgres, and one that only reads", async () => {
    const { rows: address } = await rig.postgres.query<{ port: number; name: string }>(
      "select inet_server_port() as port, current_database() as name",
    );
    const open = async (readOnly: boolean) => {
      const { body } = await call("POST", "/cli/login-role", { json: { read_only: readOnly } });
      const { role, password, ttl_seconds } = body as { role: string; password: string; ttl_seconds: number };
      expect(ttl_seconds).toBe(300);
      const client = new pg.Client({
        host: "127.0.0.1",
        port: address[0]!.port,
        database: address[0]!.name,
        user: role,
        password,
      });
      await client.connect();
      return client;
    };
    const writer = await open(false);
    await writer.query("set session role postgres; create table by_login (x int)");
    await writer.end();
    const reader = await open(true);
    expect((await reader.query("select count(*)::int as n from public.by_login")).rows).toEqual([{ n: 0 }]);
    await expect(reader.query("insert into public.by_login values (1)")).rejects.toThrow(/read-only/);
    await expect(reader.query("set session role postgres")).rejects.toThrow(/permission denied/);
    await reader.end();
    expect((await call("DELETE", "/cli/login-role")).status).toBe(200);
    await expect(open(false).then((client) => client.end())).resolves.toBeUndefined();
    await sql("drop table by_login");
  });
});

describe("backups", () => {
  it("are made as restore points and restored by id", async () => {
    const point = { name: "before-push" };
    expect((await call("POST", "/database/backups/restore-point", { json: point })).status).toBe(201);
    expect((await call("POST", "/database/backups/restore-point", { json: point })).status).toBe(400);
    expect(
      (await call("POST", "/database/backups/restore-point", { json: { name: "x".repeat(21) } })).status,
    ).toBe(400);
    expect((await call("POST", "/database/backups/restore", { json: { id: 7 } })).status).toBe(404);
    expect((await call("POST", "/database/backups/restore", { json: { id: 1 } })).status).toBe(201);
    expect(rig.restored).toEqual([1]);
    expect((await call("GET", "/database/backups/restore-point", { query: "name=none" })).status).toBe(404);
  });
});

describe("logs", () => {
  const query = new URLSearchParams(captured["logs-remote"]?.[0]?.query).get("sql") ?? "";
  const ask = (text: string, window: string) =>
    call("GET", "/analytics/endpoints/logs", { query: `${new URLSearchParams({ sql: text })}&${window}` });

  it("are the platform's own, under the hosted names, newest first", async () => {
    rig.logs.push(
      {
        at: "2026-03-01T10:00:00.000Z",
        part: "functions",
        level: "warn",
        message: "one",
        function_id: "f1",
        version: 3,
      },
      { at: "2026-03-01T10:00:01.000Z", part: "postgres", level: "error", message: "two" },
      {
        at: "2026-03-01T10:00:02.000Z",
        part: "functions",
        level: "info",
        message: "three",
        function_id: "f2",
      },
      { at: "2026-03-01T10:00:02.000Z", part: "management", level: "info", message: "not among the sources" },
    );
    const window = "iso_timestamp_start=2026-03-01T09:59:00Z&iso_timestamp_end=2026-03-01T10:01:00Z";
    const reply = await ask(query.replace("postgres_logs')", "function_logs')"), window);
    expect(reply.status).toBe(200);
    const { result } = reply.body as { result: Record<string, unknown>[] };
    expect(result.map((row) => row["event_message"])).toEqual(["three", "one"]);
    expect(result[1]).toMatchObject({
      ts_ms: Date.parse("2026-03-01T10:00:00Z"),
      source: "function_logs",
      severity_text: "WARN",
      level: "warn",
      log_attributes: { level: "warn", function_id: "f1", version: "3" },
    });
  });

  it("are counted by group, calls of functions apart from other requests", async () => {
    const line = (second: number, message: string, status: number, ms: number, more = {}) => ({
      at: `2026-04-01T10:00:0${second}.000Z`,
      part: "gateway",
      level: "info",
      message,
      status,
      ms,
      user_agent: "app",
      ...more,
    });
    rig.logs.push(
      line(1, "POST /functions/v1/gone", 200, 12.5),
      line(2, "POST /functions/v1/gone", 503, 3),
      line(3, "GET /rest/v1/things", 500, 4),
      line(4, "GET /rest/v1/things", 200, 4, { user_agent: "bee-probe" }),
    );
    const counts = (source: string, path: string) =>
      ask(
        `select log_attributes['${path}'] as path, log_attributes['request.method'] as method, count() as n, countIf(toInt32OrZero(log_attributes['response.status_code']) >= 500) as failed, max(toFloat64OrZero(log_attributes['execution_time_ms'])) as longest from logs where source = '${source}' and position(log_attributes['request.headers.user_agent'], 'bee-probe') = 0 group by path, method order by n desc limit 10`,
        "iso_timestamp_start=2026-04-01T10:00:00Z&iso_timestamp_end=2026-04-01T10:01:00Z",
      );
    expect((await counts("function_edge_logs", "request.pathname")).body).toEqual({
      result: [{ path: "/functions/v1/gone", method: "POST", n: 2, failed: 1, longest: 12.5 }],
    });
    expect((await counts("edge_logs", "request.path")).body).toEqual({
      result: [{ path: "/rest/v1/things", method: "GET", n: 1, failed: 1, longest: 0 }],
    });
  });

  it("are not given for other SQL or a longer time", async () => {
    expect(await ask("select count(*) from logs", "")).toMatchObject({
      status: 400,
      body: { message: expect.stringContaining("no other SQL") },
    });
    expect(
      (await ask(query, "iso_timestamp_start=2026-03-01T00:00:00Z&iso_timestamp_end=2026-03-03T00:00:00Z"))
        .status,
    ).toBe(400);
    expect((await ask(query, "iso_timestamp_start=yesterday")).status).toBe(400);
  });
});

describe("advisors", () => {
  it("find what is wrong, and name what they did not look at", async () => {
    await sql(`
      create schema shop;
      grant usage on schema shop to anon, authenticated;
      create table shop.open (id int);
      grant select on shop.open to anon;
      create table shop.parent (id int primary key);
      create table shop.child (id int primary key, parent_id int references shop.parent, user_id uuid);
      alter table shop.child enable row level security;
      create policy a on shop.child for select to authenticated using (auth.uid() = user_id);
      create policy b on shop.child for select to authenticated using ((select auth.uid()) = user_id);
      create index one on shop.child (user_id); create index two on shop.child (user_id);
      create policy idle on shop.open for select using ((auth.jwt() -> 'user_metadata' ->> 'admin')::bool);
      alter table shop.parent enable row level security;
      create view shop.peek as select * from shop.child; grant select on shop.peek to anon;
      create view shop.safe with (security_invoker = true) as select * from shop.child; grant select on shop.safe to anon;
      create materialized view shop.copy as select 1 as x; grant select on shop.copy to anon;
      create function shop.loose() returns int language sql as 'select 1';
      create function shop.tight() returns int language sql set search_path = '' as 'select 1';`);
    const lint = async (kind: string) => {
      const { body } = await call("GET", `/advisors/${kind}`);
      return body as {
        lints: { name: string; metadata: { name: string; schema: string } }[];
        lints_run: string[];
        lints_not_run: string[];
      };
    };
    const found = (lints: Awaited<ReturnType<typeof lint>>["lints"]) =>
      lints
        .filter(({ metadata }) => metadata.schema === "shop")
        .map(({ name, metadata }) => `${name} ${metadata.name}`);
    const security = await lint("security");
    expect(found(security.lints)).toEqual([
      "rls_disabled_in_public open",
      "policy_exists_rls_disabled open",
      "rls_enabled_no_policy parent",
      "security_definer_view peek",
      "function_search_path_mutable loose",
      "materialized_view_in_api copy",
      "rls_references_user_metadata open",
    ]);
    expect(security.lints_not_run).toContain("leaked_service_key");
    const performance = await lint("performance");
    expect(found(performance.lints)).toEqual([
      "unindexed_foreign_keys child",
      "auth_rls_initplan child",
      "no_primary_key open",
      "multiple_permissive_policies child",
      "duplicate_index child",
    ]);
    expect(performance.lints_not_run).toEqual(["unused_index", "unsupported_reg_types"]);
    await sql("drop schema shop cascade");
  });
});

describe("health", () => {
  it("is asked of each part, and said of none that is not here", async () => {
    expect(
      await call("GET", "/health", {
        query: "services=db&services=rest&services=auth&services=storage&timeout_ms=30",
      }),
    ).toMatchObject({
      body: [
        { name: "db", healthy: true, status: "ACTIVE_HEALTHY" },
        { name: "rest", healthy: false, status: "UNHEALTHY", error: "refused" },
        { name: "auth", healthy: false, error: "no answer within 30 ms" },
        { name: "storage", healthy: false, error: "not part of the local platform" },
      ],
    });
    expect((await call("GET", "/health")).status).toBe(400);
    expect((await call("GET", "/health", { query: "services=moon" })).status).toBe(400);
  });
});

describe("keys", () => {
  it("hide the secret one until asked", async () => {
    const shown = async (query: string) =>
      Object.fromEntries(
        (await rows("GET", "/api-keys", { query })).map(({ type, id, api_key }) => [
          id === "anon" || id === "service_role" ? id : type,
          api_key,
        ]),
      );
    const { anonKey, serviceRoleKey, publishableKey, secretKey } = rig.identity;
    expect(await shown("reveal=true")).toEqual({
      anon: anonKey,
      service_role: serviceRoleKey,
      publishable: publishableKey,
      secret: secretKey,
    });
    const hidden = await shown("");
    expect(hidden["secret"]).toMatch(/^sb_secret_.{5}·+$/);
    expect(JSON.stringify(hidden)).not.toContain(secretKey.slice(16));
  });
});
