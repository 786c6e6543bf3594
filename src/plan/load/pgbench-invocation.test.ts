import { describe, expect, it } from "vitest";
import { Secret } from "../../core/secret.ts";
import { parseHotQuery } from "./hot-queries.ts";
import {
  assemblePgbench,
  canPgbench,
  isPgbenchSupported,
  type PgbenchRun,
  parsePgbenchVersion,
  renderPassFile,
  renderPgbenchScript,
} from "./pgbench-invocation.ts";

const run: PgbenchRun = {
  plan: {
    what: "database",
    scenario: "hot-queries",
    profile: "constant",
    rate: 200,
    durationMs: 60_000,
    warmUpMs: 3000,
    limitMs: 500,
    planned: 12_000,
  },
  scripts: [
    { file: "/tmp/x/0.sql", weight: 9 },
    { file: "/tmp/x/1.sql", weight: 1 },
  ],
  connection: {
    host: "db.abc.supabase.co",
    port: 5432,
    user: "postgres",
    database: "postgres",
    loopback: false,
    passFile: "/tmp/x/pass",
    rootsFile: "/tmp/x/roots.pem",
  },
  clients: 15,
  threads: 2,
  logPrefix: "/tmp/x/log/tx",
  home: "/tmp/x",
  path: "/usr/bin",
};

describe("driving pgbench", () => {
  it("keeps a rate, logs every transaction, and gets no password and no settings of the person's own", () => {
    const { file, args, env } = assemblePgbench(run);
    expect([file, ...args].join(" ")).toBe(
      "pgbench -n -f /tmp/x/0.sql@9 -f /tmp/x/1.sql@1 -M prepared -c 15 -j 2 -T 63 -P 1 --progress-timestamp -R 200 -L 500 --max-tries=3 --failures-detailed -r -l --log-prefix=/tmp/x/log/tx --random-seed=42",
    );
    expect(args).not.toContain("-i");
    expect(env).toMatchObject({
      PGSSLMODE: "verify-full",
      PGSSLROOTCERT: "/tmp/x/roots.pem",
      PGPASSFILE: "/tmp/x/pass",
    });
    expect(Object.keys(env ?? {})).not.toContain("PGPASSWORD");
    const local = assemblePgbench({ ...run, connection: { ...run.connection, loopback: true } });
    expect(local.env).toMatchObject({ PGSSLMODE: "prefer" });
  });

  it("writes a password as libpq reads it", () => {
    expect(renderPassFile(new Secret("a:b\\c"))).toBe("*:*:*:*:a\\:b\\\\c\n");
  });

  it("runs a query as one of the users and takes it back", () => {
    const parsed = parseHotQuery("mine", "select 1 from public.t where user_id = :user_id::uuid");
    if ("mistakes" in parsed) throw new Error(parsed.mistakes.join());
    const id = "11111111-1111-4111-8111-111111111111";
    const lines = renderPgbenchScript(parsed.query, [id, id]).trimEnd().split("\n");
    expect(lines[0]).toBe("\\set n random(1, 2)");
    expect(lines[1]).toBe("begin;");
    expect(lines[2]).toContain("set_config('role', 'authenticated', true)");
    expect(lines.slice(3)).toEqual(["select 1 from public.t where user_id = :user_id::uuid;", "rollback;"]);
    expect(() => renderPgbenchScript(parsed.query, ["'); drop table x --"])).toThrow("not a UUID");
  });

  it.each([
    ["pgbench (PostgreSQL) 15.18 (Debian 15.18-0+deb12u1)", "15.18", true],
    ["pgbench (PostgreSQL) 18beta1", "18", true],
    ["pgbench (PostgreSQL) 14.9", "14.9", false],
  ])("knows %s", (text, version, supported) => {
    expect(parsePgbenchVersion(text)).toBe(version);
    expect(isPgbenchSupported(version)).toBe(supported);
  });

  it("takes no other text for a version, and only profiles with one rate", () => {
    expect(parsePgbenchVersion("command not found: pgbench (PostgreSQL) 15.1")).toBeNull();
    expect(["constant", "soak", "ramp", "spike"].map((profile) => canPgbench(profile as "ramp"))).toEqual([
      true,
      true,
      false,
      false,
    ]);
  });
});
