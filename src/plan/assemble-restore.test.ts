import { describe, expect, it } from "vitest";
import {
  assembleRestore,
  chooseDatabaseRestore,
  chooseRestore,
  chooseWholeRestore,
  databaseRollbackPhase,
  switchedOffMark,
} from "./assemble-restore.ts";
import type { Release } from "./release.ts";
import type { Actual } from "./view.ts";

const release = (number: number, bundle: string, restores?: string): Release => ({
  id: `r${number}`,
  projectRef: "abcdefghijklmnopqrst",
  phase: "phase1",
  planDigest: "",
  recordedAt: "2026-01-01T00:00:00.000Z",
  durationMs: 1,
  actor: "a",
  gitSha: null,
  gitDirty: false,
  tools: {},
  migrations: [],
  functions: [
    { slug: "f", bundleSha256: bundle, hostSha256: `host-${bundle}`, version: number, verifyJwt: true },
  ],
  secrets: [{ name: "S", sha256: bundle }],
  gates: [],
  ...(restores == null ? {} : { restores }),
});

const serving = (bundle: string): Actual => ({
  project: {
    ref: "abcdefghijklmnopqrst",
    name: "",
    region: "",
    status: "ACTIVE_HEALTHY",
    postgresVersion: "17",
  },
  history: [],
  functions: [
    { slug: "f", id: "f", version: 1, status: "ACTIVE", verifyJwt: true, hostSha256: `host-${bundle}` },
  ],
  secretDigests: new Map([["S", "a"]]),
  backups: { pitrEnabled: false, points: [] },
  release: null,
  pins: [],
  appTables: 0,
  snapshot: null,
  dump: null,
});

const choose = (releases: readonly Release[], live: string) =>
  chooseRestore(releases, serving(live))?.id ?? null;

describe("chooseRestore", () => {
  it.each([
    ["the newest, when something else is live", [release(2, "b"), release(1, "a")], "x", "r2"],
    ["the one before, when the newest is live", [release(2, "b"), release(1, "a")], "b", "r1"],
    ["past releases with the same functions", [release(3, "b"), release(2, "b"), release(1, "a")], "b", "r1"],
    [
      "the rollback itself again, when it is live",
      [release(3, "a", "r1"), release(2, "b"), release(1, "a")],
      "a",
      "r3",
    ],
    [
      "a rollback, from the deploy after it",
      [release(4, "c"), release(3, "a", "r1"), release(2, "b"), release(1, "a")],
      "c",
      "r3",
    ],
    [
      "nothing, rather than what was rolled back from",
      [release(4, "a"), release(3, "a", "r1"), release(2, "b"), release(1, "a")],
      "a",
      null,
    ],
    ["nothing, when it is the first", [release(1, "a")], "a", null],
    [
      "nothing, when all before was switched off",
      [release(3, "b"), release(2, "off", switchedOffMark), release(1, "a")],
      "b",
      null,
    ],
    ["nothing, without releases", [], "a", null],
  ] as const)("takes %s", (_what, releases, live, expected) => {
    expect(choose(releases, live)).toBe(expected);
  });
});

describe("assembleRestore", () => {
  it("switches off what the release did not have, and names secrets that changed since", () => {
    const releases = [release(2, "b"), { ...release(1, "a"), functions: [] }];
    const restore = assembleRestore(releases[1] ?? null, releases, serving("b"));
    expect(restore.switchedOff).toEqual([{ slug: "f", verifyJwt: true }]);
    expect(restore.changedSecrets).toEqual([]);
    expect(assembleRestore(release(2, "b"), releases, serving("b")).changedSecrets).toEqual(["S"]);
  });

  it("leaves alone what no release of the project ever had", () => {
    expect(assembleRestore(null, [], serving("a")).switchedOff).toEqual([]);
  });
});

describe("going back as a whole, or with the database", () => {
  type Options = { readonly restores?: string; readonly phase?: string };
  /** Release `number` with the functions `bundle` and that many migrations. */
  const made = (number: number, bundle: string, count: number, options: Options = {}): Release => ({
    ...release(number, bundle, options.restores),
    migrations: Array.from({ length: count }, (_, index) => ({ version: `${index}`, sha256: "" })),
    ...(options.phase == null ? {} : { phase: options.phase }),
  });
  const history = (count: number) =>
    Array.from({ length: count }, (_, index) => ({ version: `${index}`, name: null, statements: null }));
  const functionsBack = (number: number, count: number, restores: string) =>
    made(number, "a", count, { restores, phase: "rollback functions" });
  const databaseBack = (number: number, bundle: string, count: number, restores: string) =>
    made(number, bundle, count, { restores, phase: databaseRollbackPhase });

  it.each([
    ["the one before", [made(2, "b", 2), made(1, "a", 1)], "b", 2, "r1"],
    ["the one before, though only its migrations differ", [made(2, "a", 2), made(1, "a", 1)], "a", 2, "r1"],
    ["the newest, after a deploy that ended half-way", [made(1, "a", 1)], "a", 2, "r1"],
    [
      "the newest, after a deploy whose functions went back",
      [made(2, "a", 1), made(1, "x", 1)],
      "a",
      2,
      "r2",
    ],
    [
      "where a rollback was on its way to",
      [functionsBack(3, 2, "r1"), made(2, "b", 2), made(1, "a", 1)],
      "a",
      2,
      "r1",
    ],
    [
      "where a rollback has come to",
      [
        databaseBack(4, "a", 1, "r1"),
        functionsBack(3, 2, "r1"),
        made(2, "b", 2),
        made(1, "a", 1),
        made(0, "z", 0),
      ],
      "a",
      1,
      "r1",
    ],
    [
      "the rollback, from the deploy after it",
      [
        made(5, "c", 2),
        databaseBack(4, "a", 1, "r1"),
        functionsBack(3, 2, "r1"),
        made(2, "b", 2),
        made(1, "a", 1),
      ],
      "c",
      2,
      "r4",
    ],
    ["nothing, with one release that is live", [made(1, "a", 1)], "a", 1, null],
    ["nothing, without releases", [], "a", 1, null],
  ] as const)("takes a whole target to %s", (_what, releases, live, applied, expected) => {
    const actual = { ...serving(live), history: history(applied) };
    expect(chooseWholeRestore(releases, actual)?.id ?? null).toBe(expected);
  });

  it.each([
    ["the one with fewer", [made(3, "c", 3), made(2, "b", 2), made(1, "a", 1)], 3, "r2"],
    ["the newest, when a deploy applied more", [made(2, "b", 2), made(1, "a", 1)], 3, "r2"],
    [
      "the one that is there, after a rollback that was not recorded",
      [made(3, "c", 3), made(2, "b", 2), made(1, "a", 1)],
      2,
      "r2",
    ],
    [
      "the rollback itself again, though functions followed",
      [
        functionsBack(4, 2, "r2"),
        databaseBack(3, "c", 2, "r1"),
        made(2, "c", 3),
        made(1, "a", 2),
        made(0, "z", 1),
      ],
      2,
      "r4",
    ],
    ["nothing, when all had these", [made(2, "b", 1), made(1, "a", 1)], 1, null],
  ] as const)("takes the database to %s", (_what, releases, applied, expected) => {
    expect(chooseDatabaseRestore(releases, { history: history(applied) })?.id ?? null).toBe(expected);
  });
});
