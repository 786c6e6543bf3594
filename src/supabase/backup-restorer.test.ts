import { afterEach, describe, expect, it } from "vitest";
import {
  type FakeApi,
  type FakeReply,
  type FakeRequest,
  startFakeApi,
} from "../../tests/support/fake-api.ts";
import { failureOf } from "../../tests/support/target.ts";
import { createBackupRestorer } from "./backup-restorer.ts";

const ref = "abcdefghijklmnopqrst";
const path = `/v1/projects/${ref}`;
const moment = { kind: "pitr", takenAt: "2026-01-01T10:00:00.900Z" } as const;
let fake: FakeApi;

afterEach(() => fake.close());

async function open(answer: (request: FakeRequest) => FakeReply) {
  fake = await startFakeApi(answer);
  return createBackupRestorer(fake.api, ref, { clock: fake.clock, patienceMs: 60_000 });
}

/** A project that says these of itself, one after the other, the last for ever. */
function project(statuses: readonly string[], post: FakeReply = { status: 201 }) {
  let asked = 0;
  return ({ line }: FakeRequest): FakeReply => {
    if (line.startsWith("POST")) return post;
    const status = statuses[Math.min(asked, statuses.length - 1)];
    asked += 1;
    return { status: 200, json: { status } };
  };
}

describe("what a hosted project can be restored from", () => {
  it("is its finished backups, newest first, and its window of points in time", async () => {
    const restorer = await open(() => ({
      status: 200,
      json: {
        region: "eu",
        walg_enabled: true,
        pitr_enabled: true,
        backups: [
          { id: 1, is_physical_backup: true, status: "COMPLETED", inserted_at: "2026-01-01T00:00:00Z" },
          { id: 3, is_physical_backup: true, status: "PENDING", inserted_at: "2026-01-03T00:00:00Z" },
          { id: 2, is_physical_backup: true, status: "COMPLETED", inserted_at: "2026-01-02T00:00:00Z" },
        ],
        physical_backup_data: {
          earliest_physical_backup_date_unix: 1767225600,
          latest_physical_backup_date_unix: 1767312000,
        },
      },
    }));
    expect(await restorer.read()).toEqual({
      backups: [
        { id: "2", takenAt: "2026-01-02T00:00:00.000Z" },
        { id: "1", takenAt: "2026-01-01T00:00:00.000Z" },
      ],
      pitr: { from: "2026-01-01T00:00:00.000Z", to: "2026-01-02T00:00:00.000Z" },
    });
  });
});

describe("a restore on a hosted project", () => {
  it("names the second, never a later one, and waits until the project is back", async () => {
    const restorer = await open(project(["RESTORING", "RESTORING", "COMING_UP", "ACTIVE_HEALTHY"]));
    const told: string[] = [];
    await restorer.restore(moment, (status) => told.push(status));
    expect(told).toEqual(["RESTORING", "COMING_UP"]);
    expect(fake.seen[0]).toEqual({
      line: `POST ${path}/database/backups/restore-pitr`,
      body: '{"recovery_time_target_unix":1767261600}',
    });
  });

  it("asks once, even without an answer, and looks what became of it", async () => {
    const restorer = await open(project(["RESTORING", "ACTIVE_HEALTHY"], "drop"));
    await restorer.restore({ kind: "backup", id: "7", takenAt: moment.takenAt }, () => {});
    const asked = fake.seen.filter(({ line }) => line.startsWith("POST"));
    expect(asked.map(({ line, body }) => `${line} ${body}`)).toEqual([
      `POST ${path}/database/backups/restore {"id":7}`,
    ]);
  });

  it("says that nothing was touched when the platform refuses", async () => {
    const message = "PITR is not enabled for this project.";
    const restorer = await open(project(["ACTIVE_HEALTHY"], { status: 400, json: { message } }));
    expect(await failureOf(restorer.restore(moment, () => {}))).toMatchObject({
      code: "BEE-E357",
      exit: 3,
      message: expect.stringContaining(message),
      detail: "Nothing was changed.",
    });
    expect(fake.seen.length).toBe(1);
  });

  it("does not take a failed or endless one for done", async () => {
    const failed = await open(project(["RESTORING", "RESTORE_FAILED"]));
    expect(await failureOf(failed.restore(moment, () => {}))).toMatchObject({
      code: "BEE-E358",
      exit: 10,
      message: expect.stringContaining("the project is RESTORE_FAILED"),
    });
    fake.close();
    const endless = await open(project(["RESTORING"]));
    expect(await failureOf(endless.restore(moment, () => {}))).toMatchObject({
      code: "BEE-E358",
      message: expect.stringContaining("still RESTORING after 1 min"),
    });
  });
});
