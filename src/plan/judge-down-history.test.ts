import { describe, expect, it } from "vitest";
import { judgeDownHistory } from "./judge-down-history.ts";
import { assembleScript } from "./sql-script.ts";

const file = (version: string, sql = `select ${version}`) =>
  assembleScript(version, "m", `supabase/migrations/${version}_m.sql`, sql);
const row = (version: string, statements: readonly string[] | null = [`select ${version}`]) => ({
  version,
  name: "m",
  statements,
});
const input = {
  history: [row("1"), row("2"), row("3")],
  release: ["1"],
  files: [file("1"), file("2"), file("3")],
  downs: [],
};

describe("which migrations a rollback takes back", () => {
  it("is all that the release does not have, as they were applied", () => {
    const judged = judgeDownHistory({
      ...input,
      history: [row("1"), row("2", ["create table a () -- the first", "select 2"]), row("3")],
    });
    expect(judged.findings).toEqual([]);
    expect(judged.kept.map(({ version }) => version)).toEqual(["1"]);
    expect(
      judged.undone.map(({ version, statements }) => [version, statements.map(({ sql }) => sql)]),
    ).toEqual([
      ["2", ["create table a () -- the first", "select 2"]],
      ["3", ["select 3"]],
    ]);
  });

  it("is nothing when the release is there as it is", () => {
    expect(judgeDownHistory({ ...input, release: ["1", "2", "3"] })).toMatchObject({
      undone: [],
      findings: [],
    });
  });

  it.each([
    ["a release that is not wholly there", { release: ["0", "1"] }, "down-release-incomplete:0"],
    ["what somebody else applied", { files: [file("1"), file("2")] }, "down-applied-elsewhere:3"],
    [
      "what nobody can tell",
      { history: [row("0", null), row("1"), row("2")], release: ["0", "1"] },
      "down-content-unknown:0",
    ],
    [
      "a down without a migration",
      { downs: [file("9")] },
      "down-without-migration:supabase/migrations/9_m.sql",
    ],
  ])("is refused for %s", (_what, changes, key) => {
    expect(judgeDownHistory({ ...input, ...changes }).findings.map((finding) => finding.key)).toEqual([key]);
  });
});
