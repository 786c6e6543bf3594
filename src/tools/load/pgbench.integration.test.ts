import { readdirSync } from "node:fs";
import { chmod, mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import pg from "pg";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { startTestPostgres, type TestDatabase, type TestPostgres } from "../../../tests/support/postgres.ts";
import { findSystemPostgres } from "../../../tests/support/system-postgres.ts";
import { Secret } from "../../core/secret.ts";
import { type HotQuery, parseHotQuery } from "../../plan/load/hot-queries.ts";
import { judgeLoad } from "../../plan/load/judge-load.ts";
import type { LoadPlan, LoadResult } from "../../plan/load/result.ts";
import { createInvocationRunner } from "../invocation.ts";
import { assertPgbench, findPgbench, runPgbench } from "./pgbench.ts";

const limits = { limitMs: 500, errorShare: 0.01 };
const ana = "11111111-1111-4111-8111-111111111111";
const ben = "21111111-1111-4111-8111-111111111111";
const invoke = createInvocationRunner({ env: {} });
const systemPath = process.env["PATH"] ?? "";

let postgres: TestPostgres;
let database: TestDatabase;
let db: pg.Client;
let scratch: string;
const usualTmp = process.env["TMPDIR"];

const query = (name: string, sql: string): HotQuery => {
  const parsed = parseHotQuery(name, sql);
  if ("mistakes" in parsed) throw new Error(parsed.mistakes.join("\n"));
  return parsed.query;
};

interface Wish {
  readonly queries: readonly HotQuery[];
  readonly rate?: number;
  readonly seconds?: number;
  readonly path?: string;
  readonly signal?: AbortSignal;
}

function run({ queries, rate = 60, seconds = 2, path = systemPath, signal }: Wish): Promise<LoadResult> {
  const plan: LoadPlan = {
    what: "database",
    scenario: "hot-queries",
    profile: "constant",
    rate,
    durationMs: seconds * 1000,
    warmUpMs: 1000,
    limitMs: limits.limitMs,
    planned: rate * seconds,
  };
  const { host, port, user, password, database: name } = pgAddress();
  return runPgbench({
    version: "15.18",
    plan,
    queries,
    userIds: [ana, ben],
    address: { host, port, user, password: new Secret(password), database: name, loopback: true },
    roots: [],
    clients: 4,
    path,
    invoke,
    signal: signal ?? new AbortController().signal,
  });
}

function pgAddress() {
  const { hostname: host, port, username: user, password, pathname } = new URL(database.url);
  return { host, port: Number(port), user, password, database: pathname.slice(1) };
}

beforeAll(async () => {
  postgres = await startTestPostgres();
  scratch = await mkdtemp(join(tmpdir(), "bee-test-tmp-"));
  process.env["TMPDIR"] = scratch;
  database = await postgres.createDatabase();
  db = new pg.Client({ connectionString: database.url });
  await db.connect();
  await db.query(`
    create table public.notes (id serial primary key, user_id uuid not null, body text);
    alter table public.notes enable row level security;
    create policy own on public.notes to authenticated
      using (user_id = (current_setting('request.jwt.claims')::json ->> 'sub')::uuid);
    grant select, insert on public.notes to authenticated;
    grant usage on sequence public.notes_id_seq to authenticated;
    insert into public.notes (user_id, body) values ('${ana}', 'a'), ('${ben}', 'b'), (gen_random_uuid(), 'c');
    create table public.shut (id int);
    create function public.sees(expected int) returns void language plpgsql as $$
    begin
      if (select count(*) from public.notes) <> expected then raise exception 'sees more'; end if;
    end $$;
    grant execute on function public.sees(int) to authenticated;`);
});
afterAll(async () => {
  if (usualTmp == null) delete process.env["TMPDIR"];
  else process.env["TMPDIR"] = usualTmp;
  await rm(scratch, { recursive: true, force: true });
  await db.end();
  await database.drop();
  await postgres.stop();
});

describe.skipIf(findSystemPostgres() == null)("pgbench, the real one", () => {
  it("runs queries as the users under row level security, at their weights, and leaves nothing", async () => {
    const result = await run({
      rate: 100,
      queries: [
        query(
          "own",
          "-- weight: 3\nselect public.sees(1), body from public.notes where user_id = :user_id::uuid",
        ),
        query("write", "insert into public.notes (user_id, body) values (:user_id::uuid, 'x')"),
      ],
    });
    expect(result).toMatchObject({ engine: "pgbench 15.18", ending: { kind: "completed" }, failures: [] });
    expect(judgeLoad(result, limits).lines).toMatchObject([{ kind: "pass" }, { kind: "pass" }, {}]);
    const [own, write] = ["own", "write"].map((name) => result.endpoints.find((one) => one.name === name));
    expect(own?.total).toBeGreaterThan(1.5 * (write?.total ?? 0));
    // Poisson arrivals: 200 are planned.
    expect(result.all.total).toBeGreaterThan(140);
    expect(result.all.total).toBeLessThan(260);
    expect(result.slices).toHaveLength(2);
    expect(result.p95Range?.[0]).toBeLessThanOrEqual(result.latency?.p95 ?? 0);
    expect((await db.query("select count(*)::int as n from public.notes")).rows).toEqual([{ n: 3 }]);
  });

  it("counts from when a transaction was due: a second of waiting is a second of many", async () => {
    const lock = new pg.Client({ connectionString: database.url });
    await lock.connect();
    await lock.query("begin; lock table public.notes in access exclusive mode");
    const freed = new Promise((resolve) => setTimeout(resolve, 2400)).then(() => lock.query("commit"));
    const result = await run({ queries: [query("own", "select body from public.notes")] });
    await freed;
    await lock.end();
    expect(result.all.over / result.all.total).toBeGreaterThan(0.3);
    expect(result.generator.skipped).toBeGreaterThan(0);
    expect(result.latency?.p95).toBeGreaterThanOrEqual(500);
    expect(judgeLoad(result, limits)).toMatchObject({ kind: "fail" });
  });

  it("counts a client that gives up as a failure, with why", async () => {
    const result = await run({ queries: [query("shut", "select id from public.shut")] });
    expect(result.failures).toEqual([{ what: "ERROR: permission denied for table shut", count: 4 }]);
    expect(judgeLoad(result, limits).kind).toBe("fail");
  });

  it("ends a run that is interrupted, and one whose database is stuck, by itself", async () => {
    const stop = new AbortController();
    setTimeout(() => stop.abort(), 1500);
    const interrupted = await run({
      queries: [query("own", "select 1")],
      seconds: 60,
      signal: stop.signal,
    });
    expect(interrupted.ending).toEqual({ kind: "interrupted" });
    expect(judgeLoad(interrupted, limits).kind).toBe("inconclusive");

    const stuck = await run({ queries: [query("stuck", "select pg_sleep(25)")], seconds: 60 });
    expect(stuck.ending).toMatchObject({
      kind: "stopped",
      why: "all 4 calls that may be in flight were waiting for 5 s",
    });
    expect(judgeLoad(stuck, limits).kind).toBe("fail");
    expect(readdirSync(scratch)).toEqual([]);
  }, 30_000);

  it("says that nothing was measured when it cannot connect", async () => {
    const { password } = pgAddress();
    await db.query("select 1");
    const gone = { ...database };
    await expect(
      runPgbench({
        version: "15.18",
        plan: {
          what: "database",
          scenario: "hot-queries",
          profile: "constant",
          rate: 10,
          durationMs: 1000,
          warmUpMs: 0,
          limitMs: 500,
          planned: 10,
        },
        queries: [query("own", "select 1")],
        userIds: [ana],
        address: {
          host: "127.0.0.1",
          port: 1,
          user: "postgres",
          password: new Secret(password),
          database: new URL(gone.url).pathname.slice(1),
          loopback: true,
        },
        roots: [],
        clients: 1,
        path: systemPath,
        invoke,
        signal: new AbortController().signal,
      }),
    ).rejects.toMatchObject({ code: "BEE-E752", exit: 4, detail: expect.stringContaining("refused") });
  });
});

/** Programs that go wrong as pgbench was seen to. */
describe("a pgbench that is broken", () => {
  let dir = "";
  beforeEach(async () => {
    dir = await mkdtemp(join(tmpdir(), "bee-fake-pgbench-"));
  });
  afterEach(() => rm(dir, { recursive: true, force: true }));

  async function install(behaviour: string): Promise<string> {
    const bin = join(dir, "bin");
    await mkdir(bin, { recursive: true });
    const text = `#!/usr/bin/env node
const { writeFileSync } = require("node:fs");
const prefix = (process.argv.find((arg) => arg.startsWith("--log-prefix=")) ?? "").slice(13);
const log = (lines) => writeFileSync(prefix + ".1", lines);
const line = (second) => "0 1 1913 0 " + second + " 299304 98 0\\n";
${behaviour}
`;
    await writeFile(join(bin, "pgbench"), text);
    await chmod(join(bin, "pgbench"), 0o755);
    return `${bin}${delimiter}${systemPath}`;
  }

  const summary = (processed: number): string =>
    `console.log("number of transactions actually processed: ${processed}\\nnumber of failed transactions: 0 (0.000%)");`;

  it.each([
    ["is not there", null, null],
    ["exits with 1", 'console.error("symbol lookup error"); process.exit(1);', null],
    ["prints something else", 'console.log("pgbench: a benchmark");', null],
    ["is too old", 'console.log("pgbench (PostgreSQL) 14.11");', "14.11"],
  ])("is not used when it %s", async (_what, behaviour, version) => {
    const path = behaviour == null ? "/nowhere" : await install(behaviour);
    expect(await findPgbench(invoke, path)).toBe(version);
    expect(() => assertPgbench(version)).toThrow(version == null ? "There is no pgbench" : "is too old");
  });

  it.each([
    ["exit code 0 and no summary", 'log(line(1)); console.log("done");', "ended with exit code 0"],
    [
      "a full disk, which pgbench does not notice",
      `log(line(1796008114) + "787 0 1796"); ${summary(120)}`,
      "is not whole",
    ],
    ["fewer lines than transactions", `log(line(1796008114)); ${summary(2)}`, "is not whole"],
    ["a clock that jumped", `log(line(1796008114) + line(1796018114)); ${summary(2)}`, "clock jumped"],
    ["death by another hand", 'process.kill(process.pid, "SIGKILL");', "was killed"],
    ["a script it cannot read", 'console.error("pgbench: error: bad"); process.exit(1);', "exit code 1"],
  ])("measures nothing with %s", async (_what, behaviour, message) => {
    const path = await install(behaviour);
    const measured = run({ queries: [query("own", "select 1")], path });
    await expect(measured).rejects.toMatchObject({
      code: "BEE-E752",
      exit: 4,
      message: expect.stringContaining(message),
      detail: expect.stringContaining("nothing was measured"),
    });
  });

  it("is handed its password in a private file, and nothing of the person's environment", async () => {
    const seen = join(dir, "seen.json");
    const path = await install(
      `const { readFileSync, statSync } = require("node:fs");
writeFileSync(${JSON.stringify(seen)}, JSON.stringify({ argv: process.argv, env: process.env, pass: readFileSync(process.env.PGPASSFILE, "utf8"), mode: statSync(process.env.PGPASSFILE).mode & 0o777 }));
log(""); ${summary(0)}`,
    );
    const before = process.env["PGHOST"];
    process.env["PGHOST"] = "elsewhere.example";
    const { password } = pgAddress();
    try {
      const result = await run({ queries: [query("own", "select 1")], path });
      expect(judgeLoad(result, limits)).toMatchObject({ kind: "inconclusive", measurements: [] });
    } finally {
      if (before == null) delete process.env["PGHOST"];
      else process.env["PGHOST"] = before;
    }
    const { argv, env, pass, mode } = JSON.parse(await readFile(seen, "utf8"));
    expect(pass).toBe(`*:*:*:*:${password}\n`);
    expect(mode).toBe(0o600);
    expect(env.PGHOST).toBe("127.0.0.1");
    expect(JSON.stringify([argv, env])).not.toContain(password);
  });
});
