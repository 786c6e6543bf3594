import { afterEach, describe, expect, it } from "vitest";
import { type FakeApi, type FakeReply, startFakeApi } from "../../tests/support/fake-api.ts";
import { createBackupKeeper } from "./backup-keeper.ts";

const ref = "abcdefghijklmnopqrst";
let fake: FakeApi;
afterEach(() => fake.close());

const backups = (pitr_enabled: boolean) => ({
  region: "us-east-1",
  pitr_enabled,
  walg_enabled: true,
  backups: [
    { id: 7, is_physical_backup: true, status: "COMPLETED", inserted_at: "2025-12-31T00:00:00Z" },
    { id: 8, is_physical_backup: true, status: "FAILED", inserted_at: "2025-12-31T01:00:00Z" },
  ],
  physical_backup_data: {},
});
const available = { name: "p", status: "AVAILABLE", completed_on: "2026-01-01T00:00:05Z" };
const pending = { name: "p", status: "PENDING", completed_on: null };
const point = { id: "p", name: "p", takenAt: "2026-01-01T00:00:05Z", kind: "restore-point" };

async function keeper(pitr: boolean, post: FakeReply, gets: readonly FakeReply[] = []) {
  const left = [...gets];
  fake = await startFakeApi(({ line }) => {
    if (line.startsWith("POST")) return post;
    if (line.includes("restore-point")) return left.shift() ?? { status: 500 };
    return { status: 200, json: backups(pitr) };
  });
  return createBackupKeeper(fake.api, ref, fake.clock);
}

describe("the backup keeper", () => {
  it("reads what can be restored", async () => {
    const backup = { id: "7", name: "backup 7", takenAt: "2025-12-31T00:00:00Z", kind: "physical" };
    expect(await (await keeper(true, "drop")).read()).toEqual({ pitrEnabled: true, points: [backup] });
  });

  it("waits until the point is available", async () => {
    const keep = await keeper(false, { status: 201, json: pending }, [
      { status: 200, json: pending },
      { status: 200, json: available },
    ]);
    expect(await keep.create("p")).toEqual(point);
  });

  it("asks again for a point that was promised and is not there, and believes nobody's word", async () => {
    const missing = { status: 404, json: { message: "Restore point not found" } };
    const promise = { status: 201, json: available };
    const keep = await keeper(false, promise, [missing, { status: 200, json: available }]);
    expect(await keep.create("p")).toEqual(point);
    expect(fake.seen.filter(({ line }) => line.startsWith("POST"))).toHaveLength(2);
    fake.close();
    await expect((await keeper(false, promise, Array(9).fill(missing))).create("p")).rejects.toMatchObject({
      code: "BEE-E331",
      message: "The restore point p is not there",
    });
  });

  it("does not wait for ever", async () => {
    const keep = await keeper(
      false,
      { status: 201, json: pending },
      Array(99).fill({ status: 200, json: pending }),
    );
    await expect(keep.create("p")).rejects.toMatchObject({ code: "BEE-E331" });
    expect(fake.seen.length).toBeLessThan(70);
  });

  it("fails when the point failed", async () => {
    const keep = await keeper(false, { status: 201, json: { ...available, status: "FAILED" } });
    await expect(keep.create("p")).rejects.toMatchObject({
      code: "BEE-E331",
      message: "The restore point p is FAILED",
    });
  });

  it.each<FakeReply>([{ status: 409, json: { message: "exists" } }, "drop"])(
    "looks for the point after %j",
    async (post) => {
      const keep = await keeper(false, post, [{ status: 200, json: available }]);
      expect(await keep.create("p")).toEqual(point);
    },
  );

  it.each([400, 403, 404])(
    "notes the time when the API refuses with %d and point-in-time recovery is on",
    async (status) => {
      const keep = await keeper(true, { status, json: { message: "no" } });
      expect(await keep.create("p")).toMatchObject({
        name: "p",
        takenAt: "2026-01-01T00:00:00.000Z",
        kind: "pitr",
      });
    },
  );

  it("says so when there is no way to take one", async () => {
    const keep = await keeper(false, { status: 403, json: { message: "Forbidden" } });
    await expect(keep.create("p")).rejects.toMatchObject({ code: "BEE-E330", exit: 3 });
  });

  it("does not take a bad token for a missing feature", async () => {
    const keep = await keeper(true, { status: 401, json: { message: "Unauthorized" } });
    await expect(keep.create("p")).rejects.toMatchObject({ code: "BEE-E201", exit: 8 });
  });
});
