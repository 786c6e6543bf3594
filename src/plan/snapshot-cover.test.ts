import { describe, expect, it } from "vitest";
import type { Contract } from "./down-proof.ts";
import { applyCover, chooseMerges, type KnownSnapshot } from "./snapshot-cover.ts";

const snapshot = (id: number, label: string, more: Partial<KnownSnapshot> = {}): KnownSnapshot => ({
  id,
  label,
  takenAt: "2026-05-01T10:00:00Z",
  closedAt: "2026-05-01T10:00:01Z",
  mergedAt: null,
  tables: [{ name: "public.notes", rows: 3 }],
  ...more,
});

const contract = (version: string, ...changes: string[]): Contract => ({
  version,
  path: `${version}.sql`,
  changes,
});

const crossing = (version: string) => ({
  key: `down-crosses-contract:${version}`,
  rule: "down-crosses-contract",
  severity: "error" as const,
  subject: version,
  detail: "",
  fix: "",
});

describe("chooseMerges", () => {
  it("takes those whose migrations are all gone, newest first", () => {
    const known = [snapshot(1, "1,2"), snapshot(3, "2"), snapshot(2, "2")];
    expect(chooseMerges(known, ["1"]).map(({ id }) => id)).toEqual([3, 2]);
    expect(chooseMerges(known, []).map(({ id }) => id)).toEqual([3, 2, 1]);
  });

  it("leaves out what was merged, and what nobody noted the effect of", () => {
    expect(
      chooseMerges([snapshot(1, "1", { mergedAt: "x" }), snapshot(2, "1", { closedAt: null })], []),
    ).toEqual([]);
  });
});

describe("applyCover", () => {
  const judge = (changes: readonly string[], version = "2") =>
    applyCover(
      [contract(version, ...changes)],
      { findings: [crossing(version)], unrecoverable: [`column x (by ${version}.sql)`] },
      [snapshot(1, "2")],
    );

  it("lets a contract be crossed whose tables are copied", () => {
    const covered = judge(["dropped: column public.notes.title", "dropped: view public.titles"]);
    expect(covered).toEqual({
      findings: [],
      unrecoverable: [],
      returning: [
        "comes back from snapshot 1 of 2026-05-01T10:00:00Z: what the migrations took from public.notes (3 rows)",
      ],
    });
  });

  it.each([
    ["another table is lost", ["dropped: column public.notes.title", "dropped: table public.notes_old"]],
    ["a schema is lost", ["dropped: schema app"]],
    ["an enum lost labels", ['changed: enum public.mood (labels ["a","b"] → ["a"])']],
  ])("still asks when %s", (_why, changes) => {
    expect(judge(changes).findings).toHaveLength(1);
    expect(judge(changes).unrecoverable).toHaveLength(1);
  });

  it("still asks when the copy is of other migrations", () => {
    expect(judge(["dropped: column public.notes.title"], "3").findings).toHaveLength(1);
  });
});
