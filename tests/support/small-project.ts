import { type ChildProcess, spawn } from "node:child_process";
import { mkdir, rm, writeFile } from "node:fs/promises";
import { createServer, type Server } from "node:http";
import { dirname, join } from "node:path";
import { listen } from "../crash/listen.ts";
import { collect, type Ended, root } from "./bee.ts";
import { query } from "./database-content.ts";
import { startTestPlatform, type TestPlatform } from "./platform.ts";
import { createProjectDir, removeProjectDir } from "./project-dir.ts";

export interface SmallProject {
  readonly dir: string;
  readonly platform: TestPlatform;
  bee(...args: string[]): Promise<Ended>;
  /** The document of --json. */
  // biome-ignore lint/suspicious/noExplicitAny: a test reads what it names
  json(...args: string[]): Promise<any>;
  start(...args: string[]): ChildProcess;
  /** The same with more, or other, environment. */
  startWith(more: Readonly<Record<string, string>>, ...args: string[]): ChildProcess;
  put(path: string, text: string): Promise<void>;
  remove(path: string): Promise<void>;
  // biome-ignore lint/suspicious/noExplicitAny: a test reads what it names
  sql(text: string): Promise<readonly any[]>;
  end(): Promise<void>;
}

const source = `Deno.serve(() => new Response("no", { status: 401 }));\n`;

/** One function, no secrets, a platform; target `staging` is that platform as a free plan shows itself. */
export async function createSmallProject(config = ""): Promise<SmallProject> {
  const dir = await createProjectDir("bee-small-");
  const put = async (path: string, text: string): Promise<void> => {
    await mkdir(dirname(join(dir, path)), { recursive: true });
    await writeFile(join(dir, path), text);
  };
  const platform = await startTestPlatform({ projectDir: dir });
  const { state } = platform;
  const api = await startFreePlan(state.managementUrl);
  await put("supabase/functions/hello/index.ts", source);
  await put(
    "bee.config.yaml",
    `schemaVersion: 1
name: small
${config}probe:
  rows:
    - table: notes
      values: { body: probe }
targets:
  staging: { ref: ${state.projectRef}, url: "${state.url}", apiUrl: "${api.url}", protected: false }
`,
  );
  const env = {
    ...process.env,
    NO_COLOR: "1",
    CI: "true",
    SUPABASE_ACCESS_TOKEN: state.accessToken,
    BEE_STAGING_DB_URL: state.dbUrl,
  };
  const startWith = (more: Readonly<Record<string, string>>, ...args: string[]): ChildProcess =>
    spawn(process.execPath, [join(root, "bin/bee.js"), ...args], {
      cwd: dir,
      env: { ...env, ...more },
      stdio: ["ignore", "pipe", "pipe"],
    });
  const start = (...args: string[]): ChildProcess => startWith({}, ...args);
  const bee = (...args: string[]): Promise<Ended> => collect(start(...args));
  return {
    dir,
    platform,
    bee,
    start,
    startWith,
    put,
    json: async (...args) => JSON.parse((await bee("--json", ...args)).stdout),
    remove: (path) => rm(join(dir, path)),
    sql: (text) => query(state.dbUrl, text),
    async end() {
      api.server.closeAllConnections();
      api.server.close();
      await platform.stop();
      await removeProjectDir(dir);
    },
  };
}

/** Neither point-in-time recovery, nor restore points, nor daily backups (Supabase's free plan). */
async function startFreePlan(target: string): Promise<{ readonly url: string; readonly server: Server }> {
  const server = createServer(async (request, response) => {
    const path = request.url ?? "";
    const answer = (status: number, body: unknown): void => {
      response.writeHead(status, { "content-type": "application/json" }).end(JSON.stringify(body));
    };
    if (path.includes("/database/backups/restore-point"))
      return answer(403, { message: "Forbidden resource" });
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const { host: _host, connection: _connection, ...headers } = request.headers as Record<string, string>;
    const reply = await fetch(target + path, {
      method: request.method ?? "GET",
      headers,
      ...(chunks.length === 0 ? {} : { body: Buffer.concat(chunks) }),
    });
    const text = await reply.text();
    if (path.endsWith("/database/backups")) return answer(200, { ...JSON.parse(text), backups: [] });
    response
      .writeHead(reply.status, { "content-type": reply.headers.get("content-type") ?? "text/plain" })
      .end(text);
  });
  return { url: `http://127.0.0.1:${await listen(server)}`, server };
}

/** A table of users' own rows, as the gates want it. */
export const ownNotes = `create table public.notes (
  id bigint generated always as identity primary key,
  user_id uuid not null default auth.uid() references auth.users (id) on delete cascade,
  title text,
  body text not null default ''
);
alter table public.notes enable row level security;
create policy notes_own on public.notes to authenticated
  using (user_id = (select auth.uid())) with check (user_id = (select auth.uid()));
grant select, insert, update, delete on public.notes to authenticated;
create index notes_user on public.notes (user_id);
`;
