import { createHash } from "node:crypto";
import { readdirSync, readFileSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { createContext } from "../../src/cli/create-context.ts";
import type { CommandContext } from "../../src/commands/context.ts";
import { createDatabaseLayer } from "../../src/commands/rollback/database-layer.ts";
import { runDrill } from "../../src/commands/rollback/drill.ts";
import type { DrillOutcome } from "../../src/commands/rollback/drill-outcome.ts";
import { createFunctionsLayer } from "../../src/commands/rollback/functions-layer.ts";
import { findProject, type Project } from "../../src/config/find-project.ts";
import type { TargetName } from "../../src/config/schema.ts";
import { describeDrill, judgeDrill, readLastDrill } from "../../src/plan/drill.ts";
import { type BeeProject, createProject } from "../support/bee.ts";
import { digestContent, query } from "../support/database-content.ts";

const version = "20261201000000";
const entrypoint = "supabase/functions/momentum-score-calculator/index.ts";

const moods = `
create table public.moods (user_id uuid primary key references auth.users (id) on delete cascade, mood text not null);
alter table public.moods enable row level security;
create policy "own moods" on public.moods for select to authenticated using (user_id = (select auth.uid()));
grant select on public.moods to authenticated;
alter table public.daily_feed_content add column mood text;`;

/** What people did between the releases and since. */
const use = `
insert into auth.users (id, email) select ('00000000-0000-4000-9000-' || lpad(n::text, 12, '0'))::uuid, n || '@example.invalid' from generate_series(1, 50) n;
insert into public.daily_feed_content (content_date, title, summary, topic)
  select date '1970-01-01' + n, 'title ' || n, 'summary', 'topic' from generate_series(1, 500) n;
insert into public.engagement_events (user_id, event_type, idempotency_key)
  select id, 'app_session', 'k' || n from auth.users, generate_series(1, 40) n where email like '%@example.invalid';`;

let bee: BeeProject;
let dbUrl: string;
const notes: string[] = [];
const stop = new AbortController();

function context(
  more: Partial<CommandContext> = {},
  signal = new AbortController().signal,
  env: NodeJS.ProcessEnv = { CI: "true" },
): CommandContext {
  const { stdout, stderr, stdin } = process;
  const io = { stdout, stderr, stdin, env, cwd: bee.dir, signal };
  const emit: CommandContext["emit"] = (event) => {
    if (event.type === "note") notes.push(event.text);
  };
  return { ...createContext({ io, version: "test", globals: {}, emit }), ...more };
}

interface Drilled {
  readonly outcome: DrillOutcome;
  readonly evidence: Awaited<ReturnType<typeof readEvidence>>;
}

/** As `bee rollback --drill`. */
async function drill(
  lose: readonly string[] = [],
  ctx: CommandContext = context(),
  on: { readonly project: Project; readonly name: TargetName } | null = null,
): Promise<Drilled> {
  const project = on?.project ?? (await findProject(bee.dir));
  const target = await ctx.connect(project, on?.name ?? "local");
  try {
    const outcome = await runDrill({
      project,
      target,
      ctx,
      layers: [
        createFunctionsLayer({ cross: [], databaseFollows: true }),
        createDatabaseLayer({ lose, cross: [version] }),
      ],
    });
    return { outcome, evidence: await readEvidence(target) };
  } finally {
    await target.close();
  }
}

async function readEvidence({ evidence }: Awaited<ReturnType<CommandContext["connect"]>>) {
  return { records: await evidence.read(["drill"], 10), chain: await evidence.check() };
}

/** Database without evidence, functions, secrets, backups and journal. */
async function digestSource(): Promise<readonly string[]> {
  await query(dbUrl, "delete from bee.evidence");
  const folders = [".bee/local/functions", ".bee/local/backups", ".bee/journal", "supabase"];
  const files = folders.flatMap((folder) => {
    const dir = join(bee.dir, folder);
    return readdirSync(dir, { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map((entry) => join(entry.parentPath, entry.name));
  });
  const hash = (path: string): string => createHash("sha256").update(readFileSync(path)).digest("hex");
  return [
    await digestContent(dbUrl),
    ...[...files.sort(), join(bee.dir, ".bee/local/secrets.json")].map((path) => `${path} ${hash(path)}`),
  ];
}

function nothingLeft(): void {
  expect(readdirSync(join(bee.dir, ".bee/copies"))).toEqual([]);
  const mark = join(bee.dir, ".bee/copies");
  const running = readdirSync("/proc").filter((pid) => {
    try {
      return /^\d+$/.test(pid) && readFileSync(`/proc/${pid}/cmdline`, "utf8").includes(mark);
    } catch {
      return false;
    }
  });
  expect(running).toEqual([]);
}

function copyUrl(): string {
  const [name = ""] = readdirSync(join(bee.dir, ".bee/copies"));
  const state = readFileSync(join(bee.dir, ".bee/copies", name, ".bee/local/state.json"), "utf8");
  return (JSON.parse(state) as { readonly dbUrl: string }).dbUrl;
}

/** Each test goes on where the one before stopped. */
describe("a drill", () => {
  beforeAll(async () => {
    bee = await createProject();
    expect(await bee.json("deploy", "phase1")).toMatchObject({ exitCode: 0, release: { id: "r1" } });
    dbUrl = (await bee.json("local", "status")).dbUrl;
    await query(dbUrl, use);
  }, 180_000);
  afterAll(() => bee.end());

  it("rehearses copy and restore when there is no release to go back to", async () => {
    const before = await digestSource();
    const { outcome, evidence } = await drill();
    expect(outcome.findings).toEqual([]);
    expect(outcome.exitCode).toBe(0);
    expect(outcome.facts).toContainEqual([
      "",
      "nothing to go back to: functions and database were not rehearsed, copy and restore were",
    ]);
    expect(evidence.records.map(({ body }) => body)).toEqual([
      expect.objectContaining({
        ok: true,
        releaseFrom: "r1",
        releaseTo: null,
        problems: [],
        method: "files",
      }),
    ]);
    expect(Object.keys(evidence.records[0]?.body["minutes"] ?? {})).toEqual(["compare", "copy", "restore"]);
    expect(evidence.chain.broken).toBeNull();
    nothingLeft();
    expect(await digestSource()).toEqual(before);
  }, 120_000);

  it("goes back on a copy, brings everything back from a restore, and leaves one record on the source", async () => {
    const source = await readFile(join(bee.dir, entrypoint), "utf8");
    await bee.write(entrypoint, `${source}\nObject.assign(globalThis, { release: 2 });\n`);
    await bee.write(`supabase/migrations/${version}_moods.sql`, moods);
    const config = await readFile(join(bee.dir, "bee.config.yaml"), "utf8");
    await bee.write(
      "bee.config.yaml",
      `${config.trimEnd().replace("  rows:", "  rows:\n    - table: moods\n      values: { mood: low }")}\n`,
    );
    expect(await bee.json("deploy", "phase1")).toMatchObject({ exitCode: 0, release: { id: "r2" } });
    await query(dbUrl, "insert into public.moods select id, 'fine' from auth.users limit 20");
    const before = await digestSource();
    const started = Date.now();
    const { outcome, evidence } = await drill(["public.moods"]);
    const took = Date.now() - started;
    expect(outcome.findings).toEqual([]);
    expect(outcome.exitCode).toBe(0);
    expect(took).toBeLessThan(60_000);
    expect(outcome.facts.map(([label]) => label)).toEqual([
      ...["copy", "compare", "functions", "database", "prove", "restore", "rate", "", "evidence"],
    ]);
    expect(outcome.facts.find(([label]) => label === "functions")?.[1]).toMatch(/^release r3 is live \(\d/);
    nothingLeft();
    const [record] = evidence.records;
    expect(record?.body).toMatchObject({ ok: true, releaseFrom: "r2", releaseTo: "r1" });
    const last = readLastDrill(evidence.records);
    expect(Object.keys(last?.minutes ?? {}).sort()).toEqual([
      ...["compare", "copy", "database", "functions", "prove", "restore"],
    ]);
    expect(judgeDrill(last, Date.now())).toEqual([]);
    expect(describeDrill(last, Date.now())).toMatch(/everything came back; .*database \d+\.\d s/);
    expect(await digestSource()).toEqual(before);
  }, 120_000);

  it("does the same for a hosted target, copied by its rows", async () => {
    const { url, managementUrl: apiUrl, projectRef: ref, accessToken } = await bee.json("local", "status");
    const project = await findProject(bee.dir);
    const staging = { ref, url, apiUrl, protected: true };
    const config = { ...project.config, targets: { ...project.config.targets, staging } };
    const env = { CI: "true", SUPABASE_ACCESS_TOKEN: accessToken, BEE_STAGING_DB_URL: dbUrl };
    const before = await digestSource();
    const { outcome, evidence } = await drill(["public.moods"], context({}, undefined, env), {
      project: { ...project, config },
      name: "staging",
    });
    expect(outcome.findings).toEqual([]);
    expect(evidence.records[0]?.body).toMatchObject({ ok: true, method: "rows", releaseTo: "r1" });
    expect(judgeDrill(readLastDrill(evidence.records), Date.now())).toEqual([]);
    nothingLeft();
    expect(await digestSource()).toEqual(before);
  }, 120_000);

  it("says no when the way back loses rows that nobody gave up", async () => {
    const { outcome, evidence } = await drill();
    expect(outcome.exitCode).toBe(3);
    expect(outcome.findings).toMatchObject([
      { rule: "drill-refused", subject: "database", fix: expect.stringContaining("--lose") },
    ]);
    expect(evidence.records[0]?.body).toMatchObject({ ok: false, releaseTo: "r1" });
    nothingLeft();
  }, 120_000);

  it("finds a restore that brings back something else, and a copy that is not its source", async () => {
    const ctx = context();
    const tampered: CommandContext = {
      ...ctx,
      openCopy: async (project, source) => {
        const copy = await ctx.openCopy(project, source);
        const url = copyUrl();
        await query(url, "delete from public.engagement_events where idempotency_key = 'k7'");
        return {
          ...copy,
          restorer: {
            ...copy.restorer,
            async restore(choice, onWait) {
              await copy.restorer.restore(choice, onWait);
              await query(url, "update public.daily_feed_content set title = 'x' where title = 'title 9'");
            },
          },
        };
      },
    };
    const { outcome, evidence } = await drill(["public.moods"], tampered);
    expect(outcome.exitCode).toBe(3);
    expect(outcome.findings.map(({ detail }) => detail)).toEqual([
      "public.engagement_events has 1950 rows instead of 2000",
      "not restored: public.daily_feed_content has as many rows, 500, but not the same content",
    ]);
    expect(evidence.records[0]?.body).toMatchObject({ ok: false });
    nothingLeft();
  }, 120_000);

  it("leaves neither copy nor evidence when it is interrupted", async () => {
    const before = await digestSource();
    const ctx = context({}, stop.signal);
    const watched: CommandContext = {
      ...ctx,
      emit: (event) => {
        if (event.type === "note" && event.text.startsWith("on the copy:")) stop.abort();
      },
    };
    const { outcome, evidence } = await drill(["public.moods"], watched);
    expect(outcome).toMatchObject({ exitCode: 130, findings: [] });
    expect(evidence.records).toEqual([]);
    nothingLeft();
    expect(await digestSource()).toEqual(before);
  }, 120_000);
});
