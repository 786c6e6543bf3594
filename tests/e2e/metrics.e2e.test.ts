import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { signUp } from "../support/app-user.ts";
import { type BeeProject, createProject } from "../support/bee.ts";
import { query } from "../support/database-content.ts";
import { readMetrics, readVerdicts } from "../support/metrics.ts";

/** Success metrics whose sources a busy machine does not sway. */
describe("success metrics of the deployed backend", () => {
  let project: BeeProject;
  let state: { url: string; publishableKey: string; dbUrl: string };

  beforeAll(async () => {
    project = await createProject();
    expect((await project.json("deploy", "phase1")).exitCode).toBe(0);
    state = await project.json("local", "status");
  });
  afterAll(() => project.end());

  it("times how long a score takes to be seen, and tells on a policy that shows it to others", async () => {
    const report = await project.json("loadtest", "realtime", "--rate", "4", "--duration", "15");
    expect(report).toMatchObject({ exitCode: 0, left: 0, result: { all: { total: 60, failed: 0 } } });
    expect((await readVerdicts(project))["realtime-latency"]).toBe("pass");
    const table = "public.daily_engagement_scores";
    await query(state.dbUrl, `create policy leak on ${table} for select to authenticated using (true)`);
    const leaking = await project.json("loadtest", "realtime", "--rate", "4", "--duration", "4");
    await query(state.dbUrl, `drop policy leak on ${table}`);
    expect(leaking).toMatchObject({ exitCode: 3, lines: [{ id: "foreign", kind: "fail" }, {}, {}] });
    expect((await readVerdicts(project))["realtime-latency"]).toBe("fail");
  });

  it("judges notifications by the app's own send log", async () => {
    const log = (status: string, error: string | null, times: number) =>
      query(
        state.dbUrl,
        `insert into public.momentum_notifications (user_id, type, trigger_date, title, body, status, error)
         select id, 'celebration', current_date, 't', 'b', '${status}', ${error == null ? "null" : `'${error}'`}
         from auth.users, generate_series(1, ${times}) where email = 'push@example.com'`,
      );
    await signUp(state, "push@example.com");
    await log("sent", null, 60);
    await log("failed", "404 UNREGISTERED", 40);
    expect((await readMetrics(project))["push-success"]).toMatchObject({
      verdict: "pass",
      evidence: { bad: 0, total: 60, shown: expect.stringContaining("40 to devices that are gone left out") },
    });
    await log("failed", "400 INVALID_ARGUMENT", 30);
    expect((await readVerdicts(project))["push-success"]).toBe("fail");
    await query(state.dbUrl, "delete from auth.users");
  });

  it("recomputes stored scores, and finds those that somebody changed", async () => {
    const today = Date.now();
    const days = Array.from({ length: 22 }, (_, ago) =>
      new Date(today - (21 - ago) * 86_400_000).toISOString().slice(0, 10),
    );
    const live = async (name: string): Promise<void> => {
      const { client } = await signUp(state, `${name}@example.com`);
      const events = days.map((day) => ({
        event_type: "lesson_completion",
        occurred_at: `${day}T00:00:00Z`,
      }));
      expect((await client.from("engagement_events").insert(events)).error).toBeNull();
      for (const target_date of days) {
        const { error } = await client.functions.invoke("momentum-score-calculator", {
          body: { target_date },
        });
        expect(error).toBeNull();
      }
    };
    await Promise.all(["ana", "ben", "cleo"].map(live));
    const report = await project.json("momentum", "verify");
    expect(report).toMatchObject({ exitCode: 0, bad: 0, total: 66, undecided: 0 });
    expect((await readVerdicts(project))["momentum-accuracy"]).toBe("pass");

    await query(
      state.dbUrl,
      "update public.daily_engagement_scores set raw_score = raw_score + 1 where score_date > current_date - 8",
    );
    const after = await project.json("momentum", "verify");
    expect(after).toMatchObject({ exitCode: 3, bad: 24, total: 66 });
    expect((await readVerdicts(project))["momentum-accuracy"]).toBe("fail");
  });
});
