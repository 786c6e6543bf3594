import { spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import pg from "pg";
import { afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { buildDaemon } from "../../tests/support/platform.ts";
import { createProjectDir, removeProjectDir } from "../../tests/support/project-dir.ts";
import {
  ensureLocalPlatform,
  type LocalState,
  readLocalLogs,
  readLocalState,
  resetLocalPlatform,
  stopLocalPlatform,
} from "./control.ts";
import { describeLocalPlatform } from "./describe.ts";
import { type LocalPaths, readLocalPaths } from "./paths.ts";
import { isAlive, type ProcessRef, parseProcessRef, readProcessRef } from "./process/process-ref.ts";

let projectDir: string;
let paths: LocalPaths;

beforeAll(buildDaemon);

beforeEach(async () => {
  projectDir = await createProjectDir("bee-control-");
  paths = readLocalPaths(projectDir);
});

afterEach(async () => {
  await stopLocalPlatform(projectDir);
  await removeProjectDir(projectDir);
  rmSync(paths.run, { recursive: true, force: true });
});

async function query(state: LocalState, sql: string): Promise<readonly Record<string, unknown>[]> {
  const client = new pg.Client({ connectionString: state.dbUrl });
  await client.connect();
  try {
    return (await client.query(sql)).rows as Record<string, unknown>[];
  } finally {
    await client.end();
  }
}

/** Postgres and PostgREST, in the order they were started. */
function readChildren(): readonly ProcessRef[] {
  return (JSON.parse(readFileSync(paths.children, "utf8")) as readonly unknown[]).map(
    (value) => parseProcessRef(value)!,
  );
}

async function readRest(state: LocalState): Promise<number> {
  const reply = await fetch(`${state.url}/rest/v1/`, { headers: { apikey: state.secretKey } });
  await reply.arrayBuffer();
  return reply.status;
}

const until = { timeout: 15_000, interval: 20 };

describe("up and down", () => {
  it("starts everything, says how far it is, and finds it running the next time", async () => {
    expect(await readLocalState(projectDir)).toBeNull();
    expect(await describeLocalPlatform(projectDir)).toEqual({ status: "stopped" });
    const heard: string[] = [];
    const first = await ensureLocalPlatform(projectDir, { onProgress: (message) => heard.push(message) });
    expect(first.started).toBe(true);
    expect(heard).toEqual([
      "creating the database",
      "starting Postgres",
      "starting PostgREST, realtime and functions",
    ]);
    expect(await readLocalState(projectDir)).toEqual(first.state);
    const second = await ensureLocalPlatform(projectDir);
    expect([second.started, second.state]).toEqual([false, first.state]);
    expect(await describeLocalPlatform(projectDir)).toEqual({
      status: "running",
      state: first.state,
      parts: { db: true, rest: true },
    });
  });

  it("keeps data, keys and URLs over a stop, and nothing over a reset", async () => {
    const { state } = await ensureLocalPlatform(projectDir);
    await query(state, "create table kept (id int)");
    expect(await stopLocalPlatform(projectDir)).toBe(true);
    expect(await stopLocalPlatform(projectDir)).toBe(false);
    const again = (await ensureLocalPlatform(projectDir)).state;
    expect({ ...again, pid: 0, startedAt: "" }).toEqual({ ...state, pid: 0, startedAt: "" });
    expect(await query(again, "select to_regclass('kept')::text as kept")).toEqual([{ kept: "kept" }]);
    await resetLocalPlatform(projectDir);
    expect(existsSync(paths.root)).toBe(false);
    const fresh = (await ensureLocalPlatform(projectDir)).state;
    expect(fresh.projectRef).not.toBe(state.projectRef);
    expect(await query(fresh, "select to_regclass('kept')::text as kept")).toEqual([{ kept: null }]);
  });

  it("keeps the database where a link leads, and a reset deletes it there", async () => {
    const elsewhere = mkdtempSync(join(tmpdir(), "bee-elsewhere-"));
    const link = join(paths.root, "data");
    const lead = (to: string): void => {
      rmSync(link, { force: true });
      mkdirSync(paths.root, { recursive: true });
      symlinkSync(to, link);
    };
    try {
      lead(join(elsewhere, "data"));
      await ensureLocalPlatform(projectDir);
      await stopLocalPlatform(projectDir);
      const { state } = await ensureLocalPlatform(projectDir);
      expect(await query(state, "show data_directory")).toEqual([
        { data_directory: join(elsewhere, "data") },
      ]);
      mkdirSync(join(elsewhere, "data.before-restore"));
      writeFileSync(join(elsewhere, "data.before-restore/PG_VERSION"), "17");
      await resetLocalPlatform(projectDir);
      expect(readdirSync(elsewhere)).toEqual([]);
      // Somebody's folder, not a database.
      writeFileSync(join(elsewhere, "letter"), "dear");
      lead(elsewhere);
      await resetLocalPlatform(projectDir);
      expect(readdirSync(elsewhere)).toEqual(["letter"]);
    } finally {
      rmSync(elsewhere, { recursive: true, force: true });
    }
  });

  it("is private to its user", async () => {
    await ensureLocalPlatform(projectDir);
    expect(statSync(paths.root).mode & 0o777).toBe(0o700);
    for (const file of [paths.identity, paths.state, paths.profile, paths.children]) {
      expect([file, statSync(file).mode & 0o777]).toEqual([file, 0o600]);
    }
    for (const file of readdirSync(paths.logs))
      expect(statSync(join(paths.logs, file)).mode & 0o777).toBe(0o600);
  });

  it("starts once when several ask at the same time", async () => {
    const ensured = await Promise.all([1, 2, 3, 4].map(() => ensureLocalPlatform(projectDir)));
    expect(new Set(ensured.map(({ state }) => state.pid)).size).toBe(1);
    const starts = () =>
      readLocalLogs(projectDir, { service: "daemon" }).filter(({ message }) => message === "ready");
    await expect.poll(starts, until).toHaveLength(1);
  });

  it.each(["with space", "ünïcode 日本", 'it\'s "quoted" $HOME', "long/".repeat(40)])(
    "works in a folder named %j",
    async (name) => {
      const dir = join(projectDir, name);
      mkdirSync(dir, { recursive: true });
      try {
        const { state } = await ensureLocalPlatform(dir);
        expect(await readRest(state)).toBe(200);
      } finally {
        await resetLocalPlatform(dir);
      }
    },
  );
});

describe("what dies", () => {
  it("nothing outlives a daemon killed with -9, and nothing is lost", async () => {
    const { state } = await ensureLocalPlatform(projectDir);
    await query(state, "create table kept as select 1 as id");
    const children = readChildren();
    expect(children).toHaveLength(2);
    process.kill(state.pid, "SIGKILL");
    await expect.poll(() => children.filter(isAlive), until).toEqual([]);
    expect(await readLocalState(projectDir)).toBeNull();
    const again = (await ensureLocalPlatform(projectDir)).state;
    expect(await query(again, "select id from kept")).toEqual([{ id: 1 }]);
    expect(again.url).toBe(state.url);
  });

  it("daemon and Postgres killed with -9 at once, under a running query, are no obstacle to the next start", async () => {
    const { state } = await ensureLocalPlatform(projectDir);
    await query(state, "create table kept as select 1 as id");
    const busy = query(state, "select pg_sleep(30)").catch(() => null);
    const [postgres] = readChildren();
    process.kill(state.pid, "SIGKILL");
    process.kill(postgres!.pid, "SIGKILL");
    const again = (await ensureLocalPlatform(projectDir)).state;
    expect(await query(again, "select id from kept")).toEqual([{ id: 1 }]);
    await busy;
  });

  it("Postgres killed with -9 comes back with what was committed", async () => {
    const { state } = await ensureLocalPlatform(projectDir);
    await query(state, "create table kept as select 1 as id; grant select on kept to service_role");
    const [postgres] = readChildren();
    process.kill(postgres!.pid, "SIGKILL");
    await expect
      .poll(() => query(state, "select id from kept").catch(() => null), until)
      .toEqual([{ id: 1 }]);
    await expect.poll(() => readRest(state), until).toBe(200);
    expect(readLocalLogs(projectDir, { service: "postgres" })).toContainEqual(
      expect.objectContaining({ level: "error", message: "Postgres ended unasked", signal: "SIGKILL" }),
    );
  });

  it("PostgREST killed with -9 comes back; meanwhile clients are told to try again", async () => {
    const { state } = await ensureLocalPlatform(projectDir);
    const [, rest] = readChildren();
    process.kill(rest!.pid, "SIGKILL");
    const seen = new Set<number>();
    await expect
      .poll(
        async () => {
          seen.add(await readRest(state));
          return seen.has(503) && seen.has(200) ? "back" : [...seen];
        },
        { timeout: 15_000, interval: 1 },
      )
      .toBe("back");
    expect([...seen].sort()).toEqual([200, 503]);
  });

  it.each(["SIGTERM", "SIGINT"] as const)(
    "%s ends the daemon within a second, children first",
    // Other tests run beside it: one undisturbed time of three is enough.
    { retry: 2 },
    async (signal) => {
      const { state } = await ensureLocalPlatform(projectDir);
      const processes = [...readChildren(), readProcessRef(state.pid)!];
      const begun = performance.now();
      process.kill(state.pid, signal);
      await expect.poll(() => processes.filter(isAlive), until).toEqual([]);
      expect(performance.now() - begun).toBeLessThan(1000);
      expect(readChildren()).toEqual([]);
      expect(readLocalLogs(projectDir, { service: "postgres" }).at(-1)?.message).toContain(
        "database system is shut down",
      );
    },
  );

  it("the daemon ends when its checkout is deleted", async () => {
    const { state } = await ensureLocalPlatform(projectDir);
    const processes = [...readChildren(), readProcessRef(state.pid)!];
    rmSync(projectDir, { recursive: true, force: true });
    await expect.poll(() => processes.filter(isAlive), until).toEqual([]);
  });
});

describe("what is in the way", () => {
  it("takes other ports when those of the last run are taken", async () => {
    const { state } = await ensureLocalPlatform(projectDir);
    await stopLocalPlatform(projectDir);
    const ports = [state.url, state.managementUrl, state.dbUrl].map((url) => Number(new URL(url).port));
    const squatters = ports.map((port) => createServer().listen(port, "127.0.0.1"));
    await Promise.all(squatters.map((squatter) => once(squatter, "listening")));
    try {
      const moved = (await ensureLocalPlatform(projectDir)).state;
      expect(await readRest(moved)).toBe(200);
      expect(await query(moved, "select 1 as one")).toEqual([{ one: 1 }]);
      expect(
        [moved.url, moved.managementUrl, moved.dbUrl].map((url) => ports.includes(Number(new URL(url).port))),
      ).toEqual([false, false, false]);
    } finally {
      for (const squatter of squatters) squatter.close();
    }
  });

  it.each([
    ["the identity", () => writeFileSync(paths.identity, "{")],
    ["the identity's absence", () => rmSync(paths.identity)],
    ["the control file", () => writeFileSync(join(paths.data, "global/pg_control"), "")],
    ["the absence of PG_VERSION", () => rmSync(join(paths.data, "PG_VERSION"))],
  ])("names %s and the way out when it is damaged", async (_what, damage) => {
    await ensureLocalPlatform(projectDir);
    await stopLocalPlatform(projectDir);
    damage();
    await expect(ensureLocalPlatform(projectDir)).rejects.toMatchObject({
      code: "BEE-E405",
      hint: expect.stringContaining("bee local reset"),
    });
    expect(await readLocalState(projectDir)).toBeNull();
    await resetLocalPlatform(projectDir);
    expect((await ensureLocalPlatform(projectDir)).started).toBe(true);
  });

  it("heals a damaged state file, record of children and lock", async () => {
    await ensureLocalPlatform(projectDir);
    await stopLocalPlatform(projectDir);
    writeFileSync(paths.state, "{");
    writeFileSync(paths.children, "[{");
    writeFileSync(join(paths.lock, "999"), "junk");
    const { state } = await ensureLocalPlatform(projectDir);
    expect(await readRest(state)).toBe(200);
  });

  it("says which PostgREST is wrong", async () => {
    process.env["BEE_POSTGREST_BIN"] = "/nowhere/postgrest";
    try {
      await expect(ensureLocalPlatform(projectDir)).rejects.toMatchObject({
        code: "BEE-E401",
        message: expect.stringContaining("/nowhere/postgrest"),
      });
    } finally {
      delete process.env["BEE_POSTGREST_BIN"];
    }
  });

  it("tells a folder that cannot be written", async () => {
    rmSync(join(projectDir, ".bee"), { recursive: true });
    writeFileSync(join(projectDir, ".bee"), "a file where the folder should be");
    await expect(ensureLocalPlatform(projectDir)).rejects.toMatchObject({ code: "BEE-E407" });
  });

  const isRoot = process.getuid?.() === 0;

  it.skipIf(!isRoot)("tells a full disk, at every size at which it fills", async () => {
    for (const size of ["4k", "16k", "1m", "30m"]) {
      const mounted = spawnSync("mount", ["-t", "tmpfs", "-o", `size=${size}`, "tmpfs", projectDir]);
      if (mounted.status !== 0) return;
      try {
        await expect(ensureLocalPlatform(projectDir), size).rejects.toMatchObject({ code: "BEE-E404" });
        await expect.poll(() => readLocalState(projectDir)).toBeNull();
      } finally {
        await expect.poll(() => spawnSync("umount", [projectDir]).status, until).toBe(0);
      }
    }
  });

  it.skipIf(!isRoot)("runs for an ordinary user, whose home cannot be written", async ({ skip }) => {
    const daemon = fileURLToPath(new URL("../../dist/daemon.js", import.meta.url));
    const asNobody = ["--reuid=65534", "--regid=65534", "--clear-groups"];
    skip(spawnSync("setpriv", [...asNobody, "cat", daemon]).status !== 0, "nobody cannot read this checkout");
    const dir = mkdtempSync(join(tmpdir(), "bee-user-"));
    spawnSync("chown", ["65534:65534", dir]);
    const child = spawn("setpriv", [...asNobody, process.execPath, daemon, dir], {
      env: { PATH: process.env["PATH"] ?? "", HOME: "/nonexistent", BEE_CACHE_DIR: join(dir, "cache") },
      stdio: "ignore",
      detached: true,
    });
    try {
      await expect.poll(async () => (await readLocalState(dir))?.pid, until).toBe(child.pid);
      const state = (await readLocalState(dir))!;
      expect(await readRest(state)).toBe(200);
      expect(statSync(join(dir, ".bee/local/data")).uid).toBe(65534);
    } finally {
      await stopLocalPlatform(dir);
      rmSync(dir, { recursive: true, force: true });
    }
  });
});
