import { execFile } from "node:child_process";
import { randomBytes } from "node:crypto";
import { existsSync, readdirSync } from "node:fs";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import { freePort } from "../../src/local/ports.ts";
import { postgresUrl, withClient } from "../../src/local/postgres/connect.ts";
import { chooseRunAs } from "../../src/local/postgres/run-as.ts";
import { startPostgres } from "../../src/local/postgres/server.ts";
import { databaseTmp } from "./database-tmp.ts";

/** The machine's own Postgres, as distributions install it; null when there is none. */
export function findSystemPostgres(): { readonly bin: string; readonly major: number } | null {
  const root = "/usr/lib/postgresql";
  const majors = existsSync(root) ? readdirSync(root).map(Number) : [];
  const [major] = majors.filter((one) => one >= 15).sort((a, b) => b - a);
  const bin = `${root}/${major}/bin`;
  return major != null && existsSync(join(bin, "postgres")) ? { bin, major } : null;
}

export interface SystemPostgres {
  readonly url: string;
  readonly port: number;
  readonly password: string;
  stop(): Promise<void>;
}

/** An empty server with the API's roles; `postgres` is its superuser. */
export async function startSystemPostgres(bin: string): Promise<SystemPostgres> {
  const dir = await mkdtemp(join(databaseTmp(), "bee-system-pg-"));
  const dataDir = join(dir, "data");
  const password = randomBytes(12).toString("hex");
  const runAs = chooseRunAs();
  await writeFile(join(dir, "password"), password, { mode: 0o600 });
  const args = ["-D", dataDir, "-U", "postgres", "--auth=scram-sha-256", `--pwfile=${join(dir, "password")}`];
  const initdb = runAs.wrap({
    file: join(bin, "initdb"),
    args: [...args, "--encoding=UTF8", "--locale=C", "--no-sync"],
    env: { PATH: process.env["PATH"] ?? "" },
  });
  await promisify(execFile)(initdb.file, initdb.args, { env: initdb.env });
  const runtime = {
    initdb: join(bin, "initdb"),
    postgres: join(bin, "postgres"),
    packageVersion: "system",
    key: "system",
  };
  const server = await startPostgres({ runtime, runAs, dataDir, port: await freePort(), log: () => {} });
  const url = postgresUrl({ port: server.port, password }, "postgres");
  await withClient(url, (client) =>
    client.query("create role anon; create role authenticated; create role service_role"),
  );
  return {
    url,
    port: server.port,
    password,
    async stop() {
      await server.stop();
      await rm(dir, { recursive: true, force: true });
    },
  };
}
