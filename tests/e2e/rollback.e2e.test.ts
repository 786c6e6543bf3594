import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type AppUser, signUp } from "../support/app-user.ts";
import { type BeeProject, createProject } from "../support/bee.ts";
import { digestContent, query } from "../support/database-content.ts";

const version = "20261201000000";
const algorithm = "src/core/momentum/algorithm.ts";
const today = new Date().toISOString().slice(0, 10);

/** Adds a table that users write to, and takes a column with data away. */
const breaking = `
create table public.moods (
  user_id uuid not null default auth.uid() references auth.users (id) on delete cascade,
  day date not null default current_date,
  mood text not null default 'fine',
  primary key (user_id, day)
);
alter table public.moods enable row level security;
grant select, insert on public.moods to authenticated;
create policy "own moods are read" on public.moods for select to authenticated using (user_id = (select auth.uid()));
create policy "own moods are added" on public.moods for insert to authenticated with check (user_id = (select auth.uid()));
alter table public.user_content_interactions drop column duration_seconds;
`;

/** What someone on call lives through with a bad release. Each test goes on where the one before stopped. */
describe("a bad release, and back", () => {
  let project: BeeProject;
  let state: { url: string; publishableKey: string; dbUrl: string };
  let ana: AppUser;

  beforeAll(async () => {
    project = await createProject();
    expect(await project.json("deploy", "phase1")).toMatchObject({ exitCode: 0, release: { id: "r1" } });
    state = await project.json("local", "status");
    ana = await signUp(state, "ana@example.com");
  });
  afterAll(() => project.end());

  async function log(type: string, hour: number): Promise<void> {
    const { error } = await ana.client
      .from("engagement_events")
      .insert({ event_type: type, occurred_at: `${today}T${String(hour).padStart(2, "0")}:00:00Z` });
    expect(error).toBeNull();
  }

  async function score(): Promise<unknown> {
    const { data, error } = await ana.client.functions.invoke("momentum-score-calculator", {
      body: { target_date: today },
    });
    expect(error).toBeNull();
    return data.final_score;
  }

  it("has nothing to go back to from the first release", async () => {
    expect(await project.json("rollback", "--check")).toMatchObject({
      exitCode: 0,
      to: null,
      summary: "nothing to go back to: no release before this one",
    });
  });

  it("takes functions that boot but score wrongly back by itself, and users never lose them", async () => {
    await log("lesson_completion", 0);
    expect(await score()).toBe(15);
    const good = await readFile(join(project.dir, algorithm), "utf8");
    await project.write(algorithm, good.replace("lesson_completion: 15", "lesson_completion: 99"));
    const report = await project.json("deploy", "phase1");
    await project.write(algorithm, good);
    expect(report).toMatchObject({ exitCode: 9, release: null });
    expect(report.summary).toContain("functions of release r1 are live again");
    expect(await score()).toBe(15);
    expect((await project.json("releases")).releases).toHaveLength(1);
  });

  it("deploys a breaking migration that its gates let pass, and users write", async () => {
    await project.write(`supabase/migrations/${version}_moods.sql`, breaking);
    const content = await query(
      state.dbUrl,
      "insert into public.daily_feed_content (content_date, title, summary, topic) values ('1970-01-02', 't', 's', 'o') returning id",
    );
    const { id } = content[0] as { id: string };
    const seen = { content_id: id, interaction_type: "view", duration_seconds: 7 };
    expect((await ana.client.from("user_content_interactions").insert(seen)).error).toBeNull();

    const config = await readFile(join(project.dir, "bee.config.yaml"), "utf8");
    await project.write("bee.config.yaml", `${config.trimEnd()}\n    - table: moods\n      values: {}\n`);
    expect(await project.json("deploy", "phase1")).toMatchObject({ exitCode: 0, release: { id: "r2" } });
    expect((await ana.client.from("moods").insert({ mood: "low" })).error).toBeNull();
    await log("journal_entry", 0);
  });

  it("says beforehand what going back costs, and refuses until it is named", async () => {
    const before = await digestContent(state.dbUrl);
    const check = await project.json("rollback", "--check");
    expect(check).toMatchObject({ exitCode: 3, to: "r1", summary: "nothing was changed" });
    const database = check.layers.find(({ layer }: { layer: string }) => layer === "database");
    expect(database).toMatchObject({
      possible: false,
      lost: [
        "public.moods: table public.moods is dropped (1 rows)",
        `column public.user_content_interactions.duration_seconds (by supabase/migrations/${version}_moods.sql)`,
      ],
    });
    const refused = await project.bee("rollback");
    expect(refused.exitCode).toBe(3);
    expect(refused.stderr).toContain(`--cross ${version}`);
    expect(refused.stderr).toContain("--lose ");
    expect(await digestContent(state.dbUrl)).toBe(before);
  });

  it("rehearses the way back on a copy, keeps the minutes as evidence, and changes nothing else", async () => {
    const [before] = await query(state.dbUrl, "select count(*)::int as events from public.engagement_events");
    const drill = await project.json("rollback", "--drill", "--lose", "public.moods", "--cross", version);
    expect(drill).toMatchObject({ exitCode: 0, findings: [] });
    expect(drill.durationMs).toBeLessThan(60_000);
    expect(await query(state.dbUrl, "select count(*)::int as events from public.engagement_events")).toEqual([
      before,
    ]);
    expect(await query(state.dbUrl, "select count(*)::int as moods from public.moods")).toEqual([
      { moods: 1 },
    ]);
    const { lastDrill } = await project.json("rollback", "--check");
    expect(lastDrill).toMatchObject({ ok: true, releaseFrom: "r2", releaseTo: "r1" });
    expect(Object.keys(lastDrill.minutes)).toEqual(expect.arrayContaining(["copy", "database", "restore"]));
  });

  it("goes back with what was named, and accounts for every row that users wrote", async () => {
    const report = await project.json("rollback", "--lose", "public.moods", "--cross", version);
    expect(report).toMatchObject({ exitCode: 0, to: "r1" });
    expect(
      report.gates.map(({ id, verdict }: { id: string; verdict: string }) => `${id} ${verdict}`),
    ).toEqual(["functions-boot pass", "callers-verified pass", "momentum-smoke pass"]);
    expect(await query(state.dbUrl, "select to_regclass('public.moods') as moods")).toEqual([
      { moods: null },
    ]);
    const events = await ana.client.from("engagement_events").select("event_type").order("event_type");
    expect(events.data).toEqual([{ event_type: "journal_entry" }, { event_type: "lesson_completion" }]);
    expect(await score()).toBe(25);
    const interactions = await ana.client
      .from("user_content_interactions")
      .select("interaction_type, duration_seconds");
    expect(interactions.data).toEqual([{ interaction_type: "view", duration_seconds: null }]);
  });

  it("goes no further back the second time", async () => {
    const before = await digestContent(state.dbUrl);
    const again = await project.json("rollback");
    expect(again).toMatchObject({
      exitCode: 0,
      to: "r1",
      summary: "nothing to take back: everything is as in r1",
    });
    const database = await project.json("rollback", "database");
    expect(database).toMatchObject({ exitCode: 0, summary: "nothing to take back" });
    expect(await digestContent(state.dbUrl)).toBe(before);
  });
});
