import { chmod, mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { ensureLocalPlatform, type LocalState, stopLocalPlatform } from "../../src/local/control.ts";
import { query } from "../support/database-content.ts";
import { createProjectDir, removeProjectDir } from "../support/project-dir.ts";
import { type ApiProxy, startApiProxy } from "./api-proxy.ts";
import { type DatabaseProxy, startDatabaseProxy } from "./database-proxy.ts";
import { type BeeRun, createBuildCopy, type RunOptions, startBee } from "./run-bee.ts";

/** A small project with every kind of effect, its own platform, and as many generations of content as one likes. */
export interface World {
  readonly dir: string;
  /** A second checkout; it reaches the same platform as target `staging`. */
  readonly otherDir: string;
  readonly state: LocalState;
  /** Before the platform as the target `staging` reaches it. */
  readonly apiProxy: ApiProxy;
  readonly databaseProxy: DatabaseProxy;
  /** Bee in the project; `inject` is handed to the preload. */
  start(args: readonly string[], options?: RunOptions): BeeRun;
  /** Content of generation `n`: `first` has two migrations, `next` two more, another function and another secret. */
  write(content: "first" | "next", n: number, checkout?: string): Promise<void>;
  /** A file of a checkout. */
  put(path: string, text: string, checkout?: string): Promise<void>;
  /** Back to a target that never saw bee. */
  empty(): Promise<void>;
  /** Takes back in the database what `next` adds to `first`; functions and secrets stay as they are. */
  takeBackNext(): Promise<void>;
  /** After a failure, so that it does not fail the points after it: no journal, no lock, no users. */
  heal(): Promise<void>;
  api(method: string, path: string, json?: unknown): Promise<unknown>;
  sql(text: string): Promise<readonly unknown[]>;
  end(): Promise<void>;
}

const config = (ref: string, url: string, apiUrl: string): string => `schemaVersion: 1
name: crash
secrets:
  - name: API_TOKEN
  - name: REGION
probe:
  rows:
    - table: notes
      values: { body: probe }
targets:
  staging: { ref: ${ref}, url: "${url}", apiUrl: "${apiUrl}", protected: false }
`;

const files = {
  notes: "supabase/migrations/20250101000000_notes.sql",
  index: "supabase/migrations/20250102000000_index.sql",
  extra: "supabase/migrations/20250103000000_extra.sql",
  extraIndex: "supabase/migrations/20250104000000_extra_index.sql",
};

const ownTable = (name: string): string => `
create table public.${name} (
  id bigint generated always as identity primary key,
  user_id uuid not null default auth.uid() references auth.users (id) on delete cascade,
  body text not null default ''
);
alter table public.${name} enable row level security;
create policy ${name}_own on public.${name} to authenticated
  using (user_id = (select auth.uid())) with check (user_id = (select auth.uid()));
grant select, insert, update, delete on public.${name} to authenticated;
`;

const index = (
  table: string,
): string => `create index concurrently ${table}_user on public.${table} (user_id);
create index concurrently ${table}_body on public.${table} (body);
`;

/** Refuses everybody, as a function that cannot name its caller must. */
const source = (slug: string, marker: string): string =>
  `Deno.serve(() => new Response("no", { status: 401, headers: { "x-marker": "${slug} ${marker}" } }));\n`;

export function secretValue(n: number): string {
  return `token-of-generation-${n}`;
}

export async function createWorld(): Promise<World> {
  const build = await createBuildCopy();
  const dir = await createProjectDir("bee-crash-");
  const otherDir = await mkdtemp(join(tmpdir(), "bee-crash-"));
  const put = async (path: string, text: string, checkout = dir): Promise<void> => {
    await mkdir(dirname(join(checkout, path)), { recursive: true });
    await writeFile(join(checkout, path), text);
  };
  await put("supabase/functions/hello/index.ts", source("hello", "0"));
  for (const checkout of [dir, otherDir])
    await put("supabase/functions/world/index.ts", source("world", "same"), checkout);
  const { state } = await ensureLocalPlatform(dir);
  const { projectRef, managementUrl, accessToken, dbUrl } = state;
  const apiProxy = await startApiProxy(managementUrl);
  const databaseProxy = await startDatabaseProxy(Number(new URL(dbUrl).port));
  for (const checkout of [dir, otherDir])
    await put("bee.config.yaml", config(projectRef, state.url, apiProxy.url), checkout);
  const proxied = new URL(dbUrl);
  proxied.port = String(databaseProxy.port);
  const env = { SUPABASE_ACCESS_TOKEN: accessToken, BEE_STAGING_DB_URL: String(proxied) };
  const sql = (text: string): Promise<readonly unknown[]> => query(dbUrl, text);
  const api = async (method: string, path: string, json?: unknown): Promise<unknown> => {
    const reply = await fetch(`${managementUrl}/v1/projects/${projectRef}${path}`, {
      method,
      headers: { authorization: `Bearer ${accessToken}`, "content-type": "application/json" },
      ...(json == null ? {} : { body: JSON.stringify(json) }),
    });
    const text = await reply.text();
    if (!reply.ok) throw new Error(`${method} ${path} answered ${reply.status}: ${text}`);
    return /json/.test(reply.headers.get("content-type") ?? "") && text !== "" ? JSON.parse(text) : text;
  };
  return {
    dir,
    otherDir,
    put,
    state,
    sql,
    api,
    apiProxy,
    databaseProxy,
    start: (args, options) =>
      startBee(build.bee, dir, args, { dbPort: Number(new URL(dbUrl).port), env, ...options }),
    async write(content, n, checkout = dir) {
      await put(files.notes, ownTable("notes"), checkout);
      await put(files.index, index("notes"), checkout);
      await put("supabase/functions/hello/index.ts", source("hello", `generation ${n}.`), checkout);
      for (const target of ["local", "staging"]) {
        await put(`.env.${target}`, `API_TOKEN=${secretValue(n)}\nREGION=eu-1\n`, checkout);
        await chmod(join(checkout, `.env.${target}`), 0o600);
      }
      if (content === "next") {
        await put(files.extra, ownTable("extra"), checkout);
        await put(files.extraIndex, index("extra"), checkout);
      } else {
        await rm(join(checkout, files.extra), { force: true });
        await rm(join(checkout, files.extraIndex), { force: true });
      }
    },
    async empty() {
      await sql(`drop table if exists public.notes, public.extra cascade;
        drop schema if exists bee cascade; drop schema if exists supabase_migrations cascade;
        delete from auth.users`);
      const functions = (await api("GET", "/functions")) as readonly { readonly slug: string }[];
      for (const { slug } of functions) await api("DELETE", `/functions/${slug}`);
      const secrets = (await api("GET", "/secrets")) as readonly { readonly name: string }[];
      if (secrets.length > 0)
        await api(
          "DELETE",
          "/secrets",
          secrets.map(({ name }) => name),
        );
    },
    async heal() {
      await rm(join(dir, ".bee/journal"), { recursive: true, force: true });
      await sql("delete from auth.users; delete from bee.deploy_lock").catch(() => undefined);
    },
    async takeBackNext() {
      await sql(`drop table if exists public.extra cascade;
        delete from supabase_migrations.schema_migrations where version > '20250102999999'`);
    },
    async end() {
      await apiProxy.close();
      await databaseProxy.close();
      await stopLocalPlatform(dir);
      for (const checkout of [dir, otherDir]) await removeProjectDir(checkout);
      await build.remove();
    },
  };
}
