import { describe, expect, it } from "vitest";
import { chooseRestorePoint, estimateRestore, formatSpan } from "./choose-restore-point.ts";

const backups = [
  { id: "9", takenAt: "2026-03-03T10:00:00.000Z" },
  { id: "8", takenAt: "2026-03-02T10:00:00.000Z" },
];
const pitr = { from: "2026-03-01T00:00:00.000Z", to: "2026-03-03T11:00:00.000Z" };
const now = Date.parse("2026-03-03T11:30:00.000Z");

describe("the point to restore", () => {
  it.each([
    [
      "the very moment with point-in-time recovery",
      { backups, pitr },
      "2026-03-03T10:30:00Z",
      { kind: "pitr", takenAt: "2026-03-03T10:30:00.000Z" },
    ],
    [
      "the latest backup before it without",
      { backups, pitr: null },
      "2026-03-03T09:59:59Z",
      { kind: "backup", id: "8", takenAt: backups[1]?.takenAt },
    ],
    [
      "a backup of that very moment",
      { backups, pitr: null },
      "2026-03-03T10:00:00Z",
      { kind: "backup", id: "9", takenAt: backups[0]?.takenAt },
    ],
    [
      "a backup before the window",
      { backups, pitr: { ...pitr, from: "2026-03-03T00:00:00Z" } },
      "2026-03-02T12:00:00Z",
      { kind: "backup", id: "8", takenAt: backups[1]?.takenAt },
    ],
    ["none when all came later", { backups, pitr: null }, "2026-03-01T00:00:00Z", null],
    ["none without any", { backups: [], pitr: null }, "2026-03-03T00:00:00Z", null],
  ] as const)("is %s", (_what, sources, before, expected) => {
    expect(chooseRestorePoint(sources, before)).toEqual(expected);
  });

  it("costs what was written since, and the time its size takes", () => {
    const choice = { kind: "backup", id: "9", takenAt: "2026-03-03T10:00:00.000Z" } as const;
    const guessed = estimateRestore({ choice, now, databaseBytes: 1024 ** 3, hosted: true, rate: null });
    expect(guessed).toMatchObject({ rpoMs: 5_400_000, basis: "assumed", rtoMs: 233_687 });
    expect(guessed.lines).toEqual([
      "restores backup 9 of 2026-03-03T10:00:00.000Z",
      "lost: everything written since, 1 h 30 min",
      "away for about 4 min: 1024 MiB at an assumed rate; no drill has measured it yet",
      "not restored: files in Storage, passwords of custom roles; replication slots must be dropped before",
    ]);
    const rate = { bytes: 512 * 1024 ** 2, ms: 8_000, at: "2026-03-01" };
    const measured = estimateRestore({ choice, now, databaseBytes: 1024 ** 3, hosted: false, rate });
    expect(measured).toMatchObject({ rtoMs: 16_000, basis: "measured" });
    expect(measured.lines.at(-1)).toBe("away for about 16 s: 1024 MiB, as fast as on 2026-03-01");
    const moment = estimateRestore({
      choice: { kind: "pitr", takenAt: choice.takenAt },
      now,
      databaseBytes: 0,
      hosted: true,
      rate: null,
    });
    expect(moment.lines[1]).toBe("lost: everything written since, 1 h 32 min at worst");
  });

  it("is told in words", () => {
    expect([500, 89_000, 91_000, 5_400_000, 200_000_000].map(formatSpan)).toEqual([
      "1 s",
      "89 s",
      "2 min",
      "1 h 30 min",
      "2 days 7 h",
    ]);
  });
});
