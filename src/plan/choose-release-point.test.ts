import { describe, expect, it } from "vitest";
import { chooseReleasePoint } from "./choose-release-point.ts";
import type { Release } from "./release.ts";

const release = (id: string, recordedAt: string, migrations: number, durationMs = 60_000): Release => ({
  id,
  projectRef: "ref",
  phase: "phase1",
  planDigest: "",
  recordedAt,
  durationMs,
  actor: "test",
  gitSha: null,
  gitDirty: false,
  tools: {},
  migrations: Array.from({ length: migrations }, (_, index) => ({ version: String(index), sha256: "" })),
  functions: [],
  secrets: [],
  gates: [],
});

const at = (time: string): string => `2026-05-01T${time}:00.000Z`;
const backup = (id: string, time: string) => ({ id, takenAt: at(time) });
const first = release("r1", at("10:00"), 1);
const same = release("r2", at("11:00"), 1);
const next = release("r3", at("12:00"), 2);
const now = Date.parse(at("13:00"));

describe("chooseReleasePoint", () => {
  it("takes the latest point before the run that brought other migrations", () => {
    const backups = [backup("4", "12:30"), backup("3", "11:59"), backup("2", "11:30"), backup("1", "09:00")];
    const sources = { backups, pitr: null };
    // The run took a minute, so the point of 11:59 is of its very beginning.
    expect(chooseReleasePoint(sources, first, [next, same, first], now)).toMatchObject({ id: "3" });
    expect(chooseReleasePoint(sources, next, [next, same, first], now)).toMatchObject({ id: "4" });
  });

  it("takes one of that run itself when none is older, the first there is", () => {
    const slow = release("r3", at("12:00"), 2, 3_600_000);
    const backups = [backup("2", "11:50"), backup("1", "11:40")];
    expect(chooseReleasePoint({ backups, pitr: null }, same, [slow, same, first], now)).toMatchObject({
      id: "1",
    });
  });

  it("finds none before the release was recorded, nor after the next one was", () => {
    const backups = [backup("2", "12:30"), backup("1", "09:00")];
    expect(chooseReleasePoint({ backups, pitr: null }, same, [next, same, first], now)).toBe(null);
  });

  it("takes the moment itself with point-in-time recovery", () => {
    const sources = { backups: [], pitr: { from: at("08:00"), to: at("12:59") } };
    expect(chooseReleasePoint(sources, same, [next, same, first], now)).toEqual({
      kind: "pitr",
      takenAt: at("11:59"),
    });
  });
});
