import { readdirSync, readFileSync } from "node:fs";
import { appendFile, rm } from "node:fs/promises";
import { dirname, join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { createApplier } from "../../tests/support/apply-in-child.ts";
import { type BeeProject, createProject } from "../../tests/support/bee.ts";
import { digestContent, query } from "../../tests/support/database-content.ts";
import { failureOf } from "../../tests/support/target.ts";
import type { Copy } from "../commands/copy.ts";
import type { Target } from "../commands/target.ts";
import { findProject, type Project } from "../config/find-project.ts";
import { Secret } from "../core/secret.ts";
import { readLocalState } from "../local/control.ts";
import { readLocalPaths } from "../local/paths.ts";
import { countRows, diffFunctions, diffObjects, diffTables } from "../plan/contents.ts";
import { connectTarget } from "./connect-target.ts";
import { type OpenCopyInput, openCopy } from "./open-copy.ts";

let bee: BeeProject;
let project: Project;
let source: Target;
let dbUrl: string;

/** Everything that a copy by rows may trip over. */
const odd = `
create table public.odd (
  "Odd name" int generated always as identity primary key, f float8, t timestamptz, i interval, b bytea, a text[], j jsonb,
  n numeric, gone int, twice float8 generated always as (f * 2) stored
);
alter table public.odd drop column gone, enable row level security;
create table public.child (id int primary key, odd int not null references public.odd);
alter table public.child enable row level security;
create function public.refuse() returns trigger language plpgsql set search_path = '' as
  $$ begin if current_setting('bee.open', true) is null then raise exception 'no'; end if; return new; end $$;
create trigger refuse before insert on public.child for each row execute function public.refuse();
create materialized view public.totals as select count(*) as rows from public.odd;
revoke all on public.totals from anon, authenticated;
grant select on public.odd to service_role;
create table public.parted (id int, at date) partition by range (at);
create table public.parted_1 partition of public.parted for values from ('2025-01-01') to ('2026-01-01');
alter table public.parted enable row level security;
alter table public.parted_1 enable row level security;
insert into public.parted values (7, '2025-05-05');
`;

const rows = `
insert into public.odd (f, t, i, b, a, j, n)
select 1.0 / n, now() + n * interval '1 hour', n * interval '1 day 3 hours', decode(md5(n::text), 'hex'),
  array['a,"b', null, '{}', E'x\\n\\\\', '(1,2)'], jsonb_build_object('n', n, 'q', '"'), n / 7.0
from generate_series(1, 5001) n;
set bee.open = '1';
insert into public.child values (1, 1), (2, 5001);
insert into auth.users (id, email) values ('00000000-0000-4000-9000-000000000001', 'a@example.invalid');`;

const open = (sourceUrl: Secret | null, more: Partial<OpenCopyInput> = {}): Promise<Copy> =>
  openCopy({
    project,
    source,
    sourceUrl,
    emit: () => undefined,
    version: "test",
    actor: "test",
    signal: new AbortController().signal,
    ...more,
  });

async function differences(copy: Copy): Promise<readonly string[]> {
  const now = await copy.readContents();
  return [
    ...diffObjects(copy.source.catalog, now.catalog),
    ...diffTables(copy.source.tables, now.tables, copy.moving),
    ...diffFunctions(copy.source.functions, now.functions),
  ].map(({ detail }) => detail);
}

const copies = (): readonly string[] => readdirSync(join(bee.dir, ".bee/copies"));

/** Databases of copies that lie beside the source's, which is where a link leads. */
const beside = (): readonly string[] =>
  readdirSync(dirname(readLocalPaths(bee.dir).data)).filter((name) => name.startsWith("copy-"));

function copyUrl(): string {
  const [name = ""] = copies();
  const state = readFileSync(join(bee.dir, ".bee/copies", name, ".bee/local/state.json"), "utf8");
  return (JSON.parse(state) as { readonly dbUrl: string }).dbUrl;
}

/** Processes whose command line or environment names the copies of this project. */
function running(): readonly string[] {
  const marks = [join(bee.dir, ".bee/copies"), join(dirname(readLocalPaths(bee.dir).data), "copy-")];
  return readdirSync("/proc").filter((pid) => {
    if (!/^\d+$/.test(pid) || Number(pid) === process.pid) return false;
    try {
      const text = readFileSync(`/proc/${pid}/cmdline`, "utf8");
      return marks.some((mark) => text.includes(mark));
    } catch {
      return false;
    }
  });
}

beforeAll(async () => {
  bee = await createProject();
  await bee.write("supabase/migrations/20250107000000_odd.sql", odd);
  const deployed = await bee.bee("deploy", "phase1", "--yes");
  expect(deployed.exitCode, deployed.stderr).toBe(0);
  project = await findProject(bee.dir);
  dbUrl = (await readLocalState(bee.dir))?.dbUrl ?? "";
  await query(dbUrl, rows);
  source = await connectTarget({ project, target: "local", env: {}, emit: () => undefined, version: "test" });
}, 180_000);
afterAll(async () => {
  await source?.close();
  await bee.end();
});

describe("a copy of a target", () => {
  for (const [method, url] of [
    ["files", () => null],
    ["rows", () => new Secret(dbUrl)],
  ] as const) {
    it(`equals its source when made from its ${method}, serves, and leaves nothing`, async () => {
      const before = await digestContent(dbUrl);
      const copy = await open(url());
      try {
        expect(copy.method).toBe(method);
        expect(copy.target.ref).toBe(source.ref);
        expect(copy.target.url).not.toBe(source.url);
        expect(await differences(copy)).toEqual([]);
        expect(copy.source.tables.get("public.odd")?.rows).toBe(5001);
        expect(copy.source.tables.get("auth.users")?.rows).toBe(1);
        expect(countRows(copy.source.tables)).toBeGreaterThan(5004);
        expect(copy.notes).toEqual(["secrets were not copied, only their names: GCP_PROJECT_ID, GCP_REGION"]);
        const [ours, theirs] = await Promise.all(
          [copy.target, source].map(({ ports }) => ports.ledger.readReleases(5)),
        );
        expect(ours).toEqual(theirs);
        const { ports } = copy.target;
        expect(await query(copyUrl(), `select nextval('public."odd_Odd name_seq"') as next`)).toEqual([
          { next: "5002" },
        ]);
        expect(await ports.database.query("select rows from public.totals")).toHaveLength(1);
        const answer = await ports.app.service().send({ path: "/rest/v1/odd?select=n&limit=1" });
        expect(answer).toMatchObject({ status: 200, body: [{ n: expect.any(Number) }] });
        await ports.backups.create("point");
      } finally {
        await copy.close();
      }
      expect([copies(), beside()]).toEqual([[], []]);
      expect(await digestContent(dbUrl)).toBe(before);
    }, 120_000);
  }

  it("is told apart from its source by one row, one grant, one function", async () => {
    const copy = await open(new Secret(dbUrl));
    try {
      await query(copyUrl(), `update public.odd set f = f + 1e-9 where "Odd name" = 77`);
      await query(copyUrl(), "delete from public.parted_1; grant select on public.totals to anon");
      await copy.target.ports.functions.remove("momentum-score-calculator");
      expect(await differences(copy)).toEqual([
        expect.stringMatching(/^changed: materialized view public.totals \(grants /),
        "public.odd has as many rows, 5001, but not the same content",
        "public.parted_1 has 0 rows instead of 1",
        "momentum-score-calculator is missing",
      ]);
    } finally {
      await copy.close();
    }
  }, 120_000);

  it("has functions whose ledger fits its own platform, when the source's has other digests", async () => {
    const foreign = (digest: string | null): string => `${"0".repeat(56)}${digest?.slice(0, 8)}`;
    const { releases } = await bee.json("releases");
    await query(
      dbUrl,
      `update bee.releases set release = jsonb_set(release, '{functions}', (select jsonb_agg(fn || jsonb_build_object(
         'hostSha256', repeat('0', 56) || left(fn ->> 'hostSha256', 8))) from jsonb_array_elements(release -> 'functions') fn))`,
    );
    const { ports } = source;
    const list: Target["ports"]["functions"]["list"] = async () =>
      (await ports.functions.list()).map((fn) => ({ ...fn, hostSha256: foreign(fn.hostSha256) }));
    const hosted = { ...source, ports: { ...ports, functions: { ...ports.functions, list } } };
    const copy = await open(new Secret(dbUrl), { source: hosted });
    try {
      const live = await copy.target.ports.functions.list();
      const [release] = await copy.target.ports.ledger.readReleases(1);
      expect(release?.functions.map(({ slug, hostSha256 }) => [slug, hostSha256])).toEqual(
        live.map(({ slug, hostSha256 }) => [slug, hostSha256]),
      );
      expect(await differences(copy)).toEqual([]);
      expect(live.length).toBe(releases[0].functions.length);
    } finally {
      await copy.close();
    }
  }, 120_000);

  it("is not made of a target that is too large or being changed, nor with other files", async () => {
    expect(await failureOf(open(null, { maxBytes: 1024 ** 2 }))).toMatchObject({
      code: "BEE-E850",
      message: expect.stringMatching(/^The database has 1\d\.\d MiB; copies of at most 1\.0 MiB are made$/),
    });
    const answer = await source.lock.acquire({ holder: "somebody", message: "bee deploy", ttlMs: 60_000 });
    if (!("lease" in answer)) throw new Error("held");
    expect(await failureOf(open(null))).toMatchObject({
      code: "BEE-E852",
      message: "The target is being changed by somebody: bee deploy",
    });
    await source.lock.release(answer.lease);

    const path = join(bee.dir, "supabase/migrations/20250107000000_odd.sql");
    await appendFile(path, "-- a later thought\n");
    expect(await failureOf(open(null))).toMatchObject({
      code: "BEE-E851",
      message:
        "supabase/migrations/20250107000000_odd.sql is not the file that release r1 was made of: its sha256 differs",
    });
    await appendFile(path, "create table public.later (id int);\n");
    expect(await failureOf(open(new Secret(dbUrl)))).toMatchObject({
      code: "BEE-E851",
      message: "supabase/migrations/20250107000000_odd.sql was changed after it was applied",
    });
    await rm(path);
    expect(await failureOf(open(null))).toMatchObject({
      code: "BEE-E851",
      message: "20250107000000_odd is applied but has no file here",
    });
    await bee.write("supabase/migrations/20250107000000_odd.sql", odd);
    expect(copies()).toEqual([]);
  });

  it("is cleared by the next one when its maker was killed, and by itself when it is interrupted", async () => {
    const child = await createApplier(`
import { connectTarget } from "./src/cli/connect-target.ts";
import { openCopy } from "./src/cli/open-copy.ts";
import { findProject } from "./src/config/find-project.ts";
const project = await findProject(process.argv[2]);
const common = { project, env: {}, emit: () => undefined, version: "test" };
const source = await connectTarget({ ...common, target: "local" });
const signal = new AbortController().signal;
const copy = await openCopy({ ...common, source, sourceUrl: null, actor: "child", signal });
await copy.journal.append({ at: "now" });
setInterval(() => {}, 1000);
`);
    try {
      const run = child.start(bee.dir, 0, "", "");
      const journal = (): boolean =>
        copies().some((name) => readdirSync(join(bee.dir, ".bee/copies", name)).includes("journal.jsonl"));
      await until(() => journal() || run.process.exitCode != null);
      expect(run.said()).toBe("");
      expect(running().length).toBeGreaterThan(1);
      const left = copies();
      run.process.kill("SIGKILL");
      await run.exited;
      await until(() => running().length === 0);
      expect(copies()).toEqual(left);
      const copy = await open(null);
      expect(copies()).toHaveLength(1);
      expect(copies()).not.toEqual(left);
      await copy.close();
      expect([copies(), beside()]).toEqual([[], []]);
    } finally {
      await child.remove();
    }
    const stop = new AbortController();
    const opening = open(null, { signal: stop.signal });
    await until(() => copies().length > 0);
    stop.abort(new Error("interrupted"));
    expect(await failureOf(opening)).toMatchObject({ message: "interrupted" });
    expect(copies()).toEqual([]);
    expect(running()).toEqual([]);
  }, 120_000);
});

async function until(reached: () => boolean): Promise<void> {
  for (const deadline = Date.now() + 30_000; !reached(); await sleep(20)) {
    if (Date.now() > deadline) throw new Error("waited in vain");
  }
}
