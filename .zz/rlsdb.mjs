// ../../tmp/zz-rlsdb.ts
import pg2 from "pg";

// tests/support/system-postgres.ts
import { execFile as execFile2 } from "node:child_process";
import { randomBytes } from "node:crypto";
import { existsSync as existsSync2, readdirSync } from "node:fs";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join as join3 } from "node:path";
import { promisify as promisify2 } from "node:util";

// src/local/ports.ts
import { once } from "node:events";
import { createServer } from "node:net";
async function freePort(preferred) {
  if (preferred != null && await tryPort(preferred) != null) return preferred;
  const port = await tryPort(0);
  if (port == null) throw new Error("no free port on 127.0.0.1");
  return port;
}
async function tryPort(port) {
  const server = createServer();
  try {
    server.listen(port, "127.0.0.1");
    await once(server, "listening");
    return server.address().port;
  } catch {
    return null;
  } finally {
    server.close();
  }
}

// src/local/postgres/connect.ts
import pg from "pg";
function postgresUrl(address, role, database = "postgres") {
  return `postgresql://${role}:${encodeURIComponent(address.password)}@127.0.0.1:${address.port}/${database}`;
}
async function withClient(url, use) {
  const client = new pg.Client({ connectionString: url, application_name: "bee-local" });
  client.on("error", () => {
  });
  await client.connect();
  try {
    return await use(client);
  } finally {
    await client.end();
  }
}

// src/local/postgres/run-as.ts
import { execFile, spawnSync } from "node:child_process";
import { lstat } from "node:fs/promises";
import { promisify } from "node:util";

// src/core/bee-error.ts
var BeeError = class extends Error {
  code;
  detail;
  hint;
  exit;
  constructor(fields) {
    super(fields.message, fields.cause === void 0 ? void 0 : { cause: fields.cause });
    this.name = "BeeError";
    this.code = fields.code;
    this.detail = fields.detail;
    this.hint = fields.hint;
    this.exit = fields.exit;
  }
};

// src/core/exit-code.ts
var exitCodes = {
  ok: 0,
  bug: 1,
  usage: 2,
  refused: 3,
  inconclusive: 4,
  locked: 5,
  stale: 6,
  partial: 7,
  unauthorised: 8,
  rolledBack: 9,
  rollbackFailed: 10,
  needsHuman: 11,
  interrupted: 130
};

// src/local/process/command.ts
function withWrapper(command, wrapper, wrapperArgs) {
  return { ...command, file: wrapper, args: [...wrapperArgs, command.file, ...command.args] };
}

// src/local/process/find-program.ts
import { accessSync, constants } from "node:fs";
import { delimiter, isAbsolute, join } from "node:path";
var systemDirs = ["/usr/local/bin", "/usr/bin", "/bin", "/usr/sbin", "/sbin"];
var known = /* @__PURE__ */ new Map();
function findProgram(name) {
  const cached = known.get(name);
  if (cached !== void 0) return cached;
  const dirs = [...(process.env["PATH"] ?? "").split(delimiter).filter(isAbsolute), ...systemDirs];
  const found = dirs.map((dir) => join(dir, name)).find(isExecutable) ?? null;
  known.set(name, found);
  return found;
}
function isExecutable(path) {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

// src/local/postgres/run-as.ts
var nobody = 65534;
function chooseRunAs() {
  const uid = process.getuid?.() ?? 0;
  if (uid !== 0) return { owner: uid, sharedBinaries: false, wrap: (command) => command };
  const runAs = tryUserNamespace() ?? tryNobody();
  if (runAs != null) return runAs;
  throw new BeeError({
    code: "BEE-E401",
    message: "Postgres does not run as root, and there is no way here to leave root",
    detail: "Neither `unshare` with user namespaces nor `setpriv` (both of util-linux) is there.",
    hint: "Run bee as an ordinary user, or install util-linux.",
    exit: exitCodes.usage
  });
}
function tryUserNamespace() {
  const unshare = findProgram("unshare");
  if (unshare == null) return null;
  const args = ["--user", `--map-user=${nobody}`, `--map-group=${nobody}`];
  if (spawnSync(unshare, [...args, "true"], { stdio: "ignore" }).status !== 0) return null;
  return { owner: 0, sharedBinaries: false, wrap: (command) => withWrapper(command, unshare, args) };
}
function tryNobody() {
  const setpriv = findProgram("setpriv");
  if (setpriv == null) return null;
  const ids = [`--reuid=${nobody}`, `--regid=${nobody}`, "--clear-groups"];
  const caps = ["--inh-caps=+dac_override", "--ambient-caps=+dac_override"];
  if (spawnSync(setpriv, [...ids, ...caps, "true"], { stdio: "ignore" }).status !== 0) return null;
  return {
    owner: nobody,
    sharedBinaries: true,
    wrap: (command) => withWrapper(command, setpriv, [...ids, ...caps, "--"])
  };
}
async function ensureOwner(dir, runAs) {
  if ((await lstat(dir)).uid === runAs.owner) return;
  await promisify(execFile)("chown", ["-R", "-h", String(runAs.owner), dir]);
}

// src/local/postgres/server.ts
import { existsSync } from "node:fs";
import { join as join2 } from "node:path";

// src/local/failure.ts
function isDiskFull(text) {
  return /ENOSPC|EDQUOT|No space left on device|Disk quota exceeded/.test(text);
}
function diskFull(dir, detail) {
  return new BeeError({
    code: "BEE-E404",
    message: `no space left on the disk of ${dir}`,
    detail,
    hint: "Free some space (a local platform wants about 150 MB), then run the command again. Nothing was lost.",
    exit: exitCodes.bug
  });
}
function corruptData(path, detail) {
  return new BeeError({
    code: "BEE-E405",
    message: `the local platform's files are damaged: ${path}`,
    detail,
    hint: "Run `bee local reset` to start over; this deletes the local database.",
    exit: exitCodes.usage
  });
}

// src/local/process/child.ts
import { spawn } from "node:child_process";
import { once as once2 } from "node:events";
import { createInterface } from "node:readline";
async function spawnChild(command, options) {
  const guard = findProgram("setpriv");
  const signal = options.deathSignal.slice(3);
  const guarded = guard == null ? command : withWrapper(command, guard, ["--pdeathsig", signal, "--"]);
  const { file, args, env } = options.wrap?.(guarded) ?? guarded;
  const child = spawn(file, args, {
    env,
    ...options.cwd == null ? {} : { cwd: options.cwd },
    stdio: ["ignore", "pipe", "pipe"]
  });
  const drained = Promise.all([
    readLines(child.stdout, options.onLine),
    readLines(child.stderr, options.onLine)
  ]);
  const exited = new Promise((resolve) => {
    child.on("exit", (code, signal2) => void drained.then(() => resolve({ code, signal: signal2 })));
  });
  await once2(child, "spawn");
  child.on("error", () => {
  });
  const pid = child.pid;
  if (guard == null) watch(pid, options.deathSignal, exited);
  return {
    pid,
    exited,
    async stop(signal2, graceMs) {
      child.kill(signal2);
      const timer = setTimeout(() => child.kill("SIGKILL"), graceMs);
      await exited;
      clearTimeout(timer);
    }
  };
}
function watch(pid, signal, exited) {
  const watchdog = spawn(
    "/bin/sh",
    ["-c", 'read -r line; kill -s "$1" "$2"', "watchdog", signal.slice(3), String(pid)],
    {
      stdio: ["pipe", "ignore", "ignore"],
      detached: true
    }
  );
  watchdog.on("error", () => {
  });
  void exited.then(() => watchdog.kill("SIGKILL"));
}
async function readLines(stream, onLine) {
  const lines = createInterface({ input: stream, crlfDelay: Number.POSITIVE_INFINITY });
  lines.on("line", onLine);
  await once2(lines, "close");
}

// src/local/postgres/start-failure.ts
function judgeStartFailure(lines, dataDir) {
  const text = lines.join("\n");
  const detail = lines.filter((line) => line.trim() !== "").slice(-5).join("\n");
  if (isDiskFull(text)) return diskFull(dataDir, detail);
  if (/Address (already )?in use|could not create any TCP\/IP sockets/.test(text)) {
    return new BeeError({
      code: "BEE-E403",
      message: "the port of Postgres is taken",
      detail,
      hint: "Run the command again: it picks a free port.",
      exit: exitCodes.bug
    });
  }
  if (/database files are incompatible|not a valid data directory|could not open file|checkpoint|PANIC|corrupt|invalid (data|magic)|missing data|bogus data/i.test(
    text
  )) {
    return corruptData(dataDir, detail);
  }
  return new BeeError({
    code: "BEE-E402",
    message: "Postgres did not start",
    detail,
    hint: "See `bee local logs --service postgres`; `bee local reset` starts over with an empty database.",
    exit: exitCodes.bug
  });
}

// src/local/postgres/server.ts
var settings = [
  "listen_addresses=127.0.0.1",
  "unix_socket_directories=",
  "timezone=UTC",
  "log_timezone=UTC",
  "log_line_prefix=%p %u@%d ",
  "shared_preload_libraries=pg_stat_statements",
  "wal_level=logical",
  "max_replication_slots=8",
  // A replication slot left behind must not fill the disk.
  "max_slot_wal_keep_size=512MB"
];
async function startPostgres(options) {
  const { runtime, runAs, dataDir, port, log } = options;
  if (!existsSync(join2(dataDir, "PG_VERSION"))) throw corruptData(dataDir, "PG_VERSION is missing.");
  await ensureOwner(dataDir, runAs);
  const first = [];
  let markReady = () => {
  };
  const accepting = new Promise((resolve) => {
    markReady = resolve;
  });
  const child = await spawnChild(
    {
      file: runtime.postgres,
      args: ["-D", dataDir, "-p", String(port), ...settings.flatMap((setting) => ["-c", setting])],
      env: { PATH: process.env["PATH"] ?? "" }
    },
    {
      wrap: runAs.wrap,
      deathSignal: "SIGINT",
      onLine: (line) => {
        if (first.length < 200) first.push(line);
        if (line.includes("ready to accept connections")) markReady();
        log(levelOf(line), line);
      }
    }
  );
  const failed = child.exited.then(() => {
    throw judgeStartFailure(first, dataDir);
  });
  await Promise.race([accepting, failed]);
  failed.catch(() => {
  });
  return asServer(child, port);
}
function asServer(child, port) {
  return { port, pid: child.pid, exited: child.exited, stop: () => child.stop("SIGINT", 5e3) };
}
function levelOf(line) {
  if (/\b(ERROR|FATAL|PANIC): {2}/.test(line)) return "error";
  if (/\bWARNING: {2}/.test(line)) return "warn";
  return /\b(DEBUG\d?|STATEMENT|DETAIL|HINT|CONTEXT): {2}/.test(line) ? "debug" : "info";
}

// tests/support/system-postgres.ts
function findSystemPostgres() {
  const root = "/usr/lib/postgresql";
  const majors = existsSync2(root) ? readdirSync(root).map(Number) : [];
  const [major] = majors.filter((one) => one >= 15).sort((a, b) => b - a);
  const bin = `${root}/${major}/bin`;
  return major != null && existsSync2(join3(bin, "postgres")) ? { bin, major } : null;
}
async function startSystemPostgres(bin) {
  const dir = await mkdtemp(join3(tmpdir(), "bee-system-pg-"));
  const dataDir = join3(dir, "data");
  const password = randomBytes(12).toString("hex");
  const runAs = chooseRunAs();
  await writeFile(join3(dir, "password"), password, { mode: 384 });
  const args = ["-D", dataDir, "-U", "postgres", "--auth=scram-sha-256", `--pwfile=${join3(dir, "password")}`];
  const initdb = runAs.wrap({
    file: join3(bin, "initdb"),
    args: [...args, "--encoding=UTF8", "--locale=C", "--no-sync"],
    env: { PATH: process.env["PATH"] ?? "" }
  });
  await promisify2(execFile2)(initdb.file, initdb.args, { env: initdb.env });
  const runtime = {
    initdb: join3(bin, "initdb"),
    postgres: join3(bin, "postgres"),
    packageVersion: "system",
    key: "system"
  };
  const server = await startPostgres({ runtime, runAs, dataDir, port: await freePort(), log: () => {
  } });
  const url = postgresUrl({ port: server.port, password }, "postgres");
  await withClient(
    url,
    (client) => client.query("create role anon; create role authenticated; create role service_role")
  );
  return {
    url,
    port: server.port,
    password,
    async stop() {
      await server.stop();
      await rm(dir, { recursive: true, force: true });
    }
  };
}

// bench/isolation-schema.ts
function makeIsolationSchema(tables) {
  const parts = [];
  for (let index = 0; index < tables; index++) {
    const name = `t${String(index).padStart(4, "0")}`;
    const child = index % 10 === 9;
    const parent = `t${String(index - 1).padStart(4, "0")}`;
    parts.push(
      child ? `create table ${name} (id bigint generated always as identity primary key, parent_id uuid not null references ${parent} (id) on delete cascade,
             body text not null, amount integer not null default 0 check (amount >= 0), created_at timestamptz not null default now());
           create index on ${name} (parent_id);` : `create table ${name} (id uuid primary key default gen_random_uuid(), user_id uuid not null references auth.users (id) on delete cascade,
             title text not null check (char_length(title) between 1 and 200), state text not null default 'open' check (state in ('open', 'done')),
             amount integer not null default 0 check (amount >= 0), extra jsonb not null default '{}', created_at timestamptz not null default now());
           create index on ${name} (user_id);`,
      `alter table ${name} enable row level security;
       grant select, insert, update, delete on ${name} to authenticated;
       grant all on ${name} to service_role;`
    );
    const own = child ? `exists (select from ${parent} p where p.id = parent_id and p.user_id = (select auth.uid()))` : "user_id = (select auth.uid())";
    parts.push(`create policy own on ${name} to authenticated using (${own}) with check (${own});`);
    if (index % 10 === 0)
      parts.push(
        `create view v_${name} with (security_invoker = on) as select id, title, amount from ${name} where state = 'open';
         revoke all on v_${name} from anon; grant select on v_${name} to authenticated;
         create function f_${name}(p_user uuid) returns bigint language sql stable set search_path = '' as
           $$ select count(*) from public.${name} where user_id = p_user $$;
         revoke all on function f_${name}(uuid) from public, anon; grant execute on function f_${name}(uuid) to authenticated;`
      );
  }
  return parts.join("\n");
}

// ../../tmp/zz-rlsdb.ts
var s = await startSystemPostgres(findSystemPostgres().bin);
var c = new pg2.Client({ connectionString: s.url });
await c.connect();
await c.query(`create schema auth; create table auth.users (id uuid primary key, email text);
  create function auth.uid() returns uuid language sql stable as $$ select (nullif(current_setting('request.jwt.claims', true), '')::jsonb ->> 'sub')::uuid $$;
  grant usage on schema auth, public to anon, authenticated, service_role; alter role service_role bypassrls;`);
for (const n of [10, 100, 1e3]) {
  await c.query(`create database app${n} template postgres`).catch(async () => {
  });
}
await c.end();
for (const n of [10, 100, 1e3]) {
  const u = new URL(s.url);
  u.pathname = `/app${n}`;
  const d = new pg2.Client({ connectionString: u.href });
  await d.connect();
  await d.query(makeIsolationSchema(n));
  await d.end();
}
console.log(s.url);
process.stdin.resume();
await new Promise((r) => process.stdin.on("end", r));
await s.stop();
