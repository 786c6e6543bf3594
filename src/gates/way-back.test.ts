import { describe, expect, it } from "vitest";
import type { BackupState } from "../plan/backup-state.ts";
import type { GateContext } from "../ports/gate.ts";
import { createMemoryEvidenceLog } from "../ports/memory/evidence-log.ts";
import { backupsRecent } from "./backups-recent.ts";
import { recoveryTested } from "./recovery-tested.ts";

const hour = 3_600_000;
const hoursAgo = (hours: number): string => new Date(Date.now() - hours * hour).toISOString();

function judge(pitrEnabled: boolean, ...takenAt: readonly string[]) {
  const points = takenAt.map((at, index) => ({
    id: String(index),
    name: "b",
    takenAt: at,
    kind: "physical" as const,
  }));
  const state: BackupState = { pitrEnabled, points };
  return backupsRecent.check({ ports: { backups: { read: async () => state } } } as unknown as GateContext);
}

describe("backups-recent", () => {
  it.each([
    ["one of this morning beside an old one", false, [hoursAgo(70), hoursAgo(6)], "pass"],
    ["one of yesterday, just", false, [hoursAgo(23.9)], "pass"],
    ["none but recovery to any point in time", true, [], "pass"],
    ["one of the day before", false, [hoursAgo(24.2)], "fail"],
    ["none at all", false, [], "fail"],
    ["a time nobody can read", false, ["yesterday"], "inconclusive"],
    ["a backup of tomorrow", false, [hoursAgo(-24)], "inconclusive"],
  ] as const)("answers to %s", async (_name, pitr, taken, kind) => {
    expect((await judge(pitr, ...taken)).kind).toBe(kind);
  });
});

const drill = {
  ok: true,
  problems: [] as readonly string[],
  releaseFrom: "r2",
  releaseTo: "r1",
  minutes: { copy: 0.1, restore: 0.2 },
  method: "rows",
  rows: 3,
  bytes: 1000,
  catalogFingerprint: "0",
  restore: null,
  tools: {},
};

async function recall(daysAgo: number, ...bodies: readonly (typeof drill)[]) {
  const evidence = createMemoryEvidenceLog(() => Date.now() - daysAgo * 24 * hour);
  for (const body of bodies) await evidence.append("drill", "me", body);
  return recoveryTested.check({ ports: { evidence } } as unknown as GateContext);
}

describe("recovery-tested", () => {
  it("wants the newest drill to have ended well, in the last 90 days", async () => {
    const failed = { ...drill, ok: false, problems: ["2 of 3 rows came back"] };
    expect(await recall(89, failed, drill)).toMatchObject({ kind: "pass", evidence: { rows: 3 } });
    expect(await recall(1, drill, failed)).toMatchObject({ kind: "fail" });
    expect(await recall(91, drill)).toMatchObject({ kind: "fail" });
  });

  it("cannot say anything when the way back was never rehearsed", async () => {
    const reason = expect.stringContaining("bee rollback --drill");
    expect(await recall(0)).toMatchObject({ kind: "inconclusive", reason });
  });
});
