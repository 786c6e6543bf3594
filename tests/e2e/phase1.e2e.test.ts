import { appendFile } from "node:fs/promises";
import { join } from "node:path";
import type { SupabaseClient } from "@supabase/supabase-js";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { signUp } from "../support/app-user.ts";
import { type BeeProject, createProject } from "../support/bee.ts";
import { digestContent, query } from "../support/database-content.ts";

/**
 * The main job as its users live it: a fresh checkout, one command, and the app's own client works against what it left
 * running. Each test goes on where the one before stopped.
 */
describe("bee deploy phase1 on the embedded platform", () => {
  let project: BeeProject;
  let state: { url: string; publishableKey: string; dbUrl: string; projectRef: string };

  beforeAll(async () => {
    project = await createProject();
  });
  afterAll(() => project.end());

  it("deploys, proves and records the first release", async () => {
    const report = await project.json("deploy", "phase1");
    expect(report).toMatchObject({
      schemaVersion: 1,
      command: "deploy",
      exitCode: 0,
      verdict: "ok",
      release: { id: "r1" },
    });
    expect(report.steps.map((step: { id: string; status: string }) => `${step.id} ${step.status}`)).toEqual([
      "backup.create unchanged",
      "database.dump unchanged",
      "tables.snapshot unchanged",
      "migrations.apply done",
      "secrets.set done",
      "functions.stage done",
      "functions.activate done",
      "infra.unpin unchanged",
    ]);
    expect(report.gates.map((gate: { id: string; verdict: string }) => `${gate.id} ${gate.verdict}`)).toEqual(
      [
        "project-healthy pass",
        "secrets-present pass",
        "migrations-sound pass",
        "audit-decided not-applicable",
        "functions-boot pass",
        "callers-verified pass",
        "rls-enabled pass",
        "users-isolated pass",
        "momentum-smoke pass",
      ],
    );
    const status = await project.json("local", "status");
    state = status;
  });

  it("leaves no synthetic user and none of their rows behind", async () => {
    expect(await query(state.dbUrl, "select email from auth.users")).toEqual([]);
    expect(await query(state.dbUrl, "select id from public.engagement_events")).toEqual([]);
    expect(await query(state.dbUrl, "select id from public.daily_engagement_scores")).toEqual([]);
  });

  it("serves the app's own client: events in, score out, seen over realtime by its owner alone", async () => {
    const ana = await signUp(state, "ana@example.com");
    const ben = await signUp(state, "ben@example.com");
    const seenByAna = await watchScores(ana.client);
    const seenByBen = await watchScores(ben.client);

    const today = new Date().toISOString().slice(0, 10);
    const logged = await ana.client.from("engagement_events").insert([
      { event_type: "lesson_completion", occurred_at: `${today}T00:00:00Z` },
      { event_type: "journal_entry", occurred_at: `${today}T00:00:00Z` },
      { event_type: "app_session", occurred_at: `${today}T00:00:00Z` },
    ]);
    expect(logged.error).toBeNull();

    const scored = await ana.client.functions.invoke("momentum-score-calculator", {
      body: { target_date: today },
    });
    expect(scored.error).toBeNull();
    expect(scored.data).toMatchObject({
      user_id: ana.id,
      score_date: today,
      final_score: 28,
      momentum_state: "NeedsCare",
    });

    const own = await ana.client.from("daily_engagement_scores").select("user_id, final_score");
    expect(own.data).toEqual([{ user_id: ana.id, final_score: 28 }]);
    const foreign = await ben.client.from("daily_engagement_scores").select("user_id, final_score");
    expect(foreign.data).toEqual([]);

    await expect.poll(() => seenByAna, { timeout: 10_000 }).toContain(ana.id);
    expect(seenByBen).toEqual([]);

    const nosy = await ben.client.functions.invoke("momentum-score-calculator", {
      body: { user_id: ana.id },
    });
    expect(nosy.response?.status).toBe(403);
    await ana.client.removeAllChannels();
    await ben.client.removeAllChannels();
  });

  it("changes nothing the second time", async () => {
    const before = await digestContent(state.dbUrl);
    const report = await project.json("deploy", "phase1");
    expect(report).toMatchObject({ exitCode: 0, release: { id: "r1" } });
    expect(report.steps.every((step: { status: string }) => step.status === "unchanged")).toBe(true);
    expect(await digestContent(state.dbUrl)).toBe(before);
  });

  it("plans, then deploys, only what was edited", async () => {
    await appendFile(
      join(project.dir, "supabase/functions/push-notification-triggers/index.ts"),
      "\nconsole.info('edited');\n",
    );
    const plan = await project.json("plan", "phase1");
    const changing = plan.steps.filter((step: { change: unknown }) => step.change != null);
    expect(changing.map((step: { id: string }) => step.id)).toEqual([
      "functions.stage",
      "functions.activate",
    ]);
    expect(changing[1].change.items).toEqual([
      { object: "push-notification-triggers", from: "version 1", to: "next version" },
    ]);
    const report = await project.json("deploy", "phase1");
    expect(report).toMatchObject({ exitCode: 0, release: { id: "r2" } });
    const status = await project.json("status");
    expect(
      status.functions.map((fn: { slug: string; version: number }) => `${fn.slug} ${fn.version}`),
    ).toEqual(["momentum-score-calculator 1", "push-notification-triggers 2"]);
  });

  it("lists its releases and finds the machine and project in order", async () => {
    const { releases } = await project.json("releases");
    expect(releases.map(({ id }: { id: string }) => id)).toEqual(["r2", "r1"]);
    const doctor = await project.bee("doctor");
    expect(doctor.stdout).toMatch(/^ok {4}target: .* ACTIVE_HEALTHY, Postgres 17/m);
    expect(doctor.stdout).toMatch(/^ok {4}lock: free$/m);
  });
});

/** Subscribes; the list fills with the user ids of the changes that arrive. */
async function watchScores(client: SupabaseClient): Promise<string[]> {
  const seen: string[] = [];
  await new Promise<void>((resolve, reject) => {
    client
      .channel("scores")
      .on(
        "postgres_changes",
        { event: "*", schema: "public", table: "daily_engagement_scores" },
        ({ new: row }) => seen.push((row as { user_id: string }).user_id),
      )
      .subscribe((status, error) => {
        if (status === "SUBSCRIBED") resolve();
        if (status === "CHANNEL_ERROR" || status === "TIMED_OUT") reject(error ?? new Error(status));
      });
  });
  return seen;
}
