import { describe, expect, it } from "vitest";
import type { FunctionUpload } from "./function-record.ts";
import {
  assembleVersion,
  chooseVersion,
  emptyTable,
  type FunctionTable,
  withLive,
  withoutLive,
  withStaged,
} from "./function-table.ts";

const upload = (slug: string, more: Partial<FunctionUpload> = {}): FunctionUpload => ({
  slug,
  entrypointPath: `supabase/functions/${slug}/index.ts`,
  files: [],
  ...more,
});

function deploy(
  table: FunctionTable,
  slug: string,
  sha256: string,
  more: Partial<FunctionUpload> = {},
): FunctionTable {
  const version = assembleVersion(table, upload(slug, more), { sha256, sources: [] }, 1);
  return withLive(withStaged(table, version), [
    chooseVersion(withStaged(table, version), { slug, sha256 }, 2),
  ]);
}

describe("the table of functions", () => {
  it("numbers versions, keeps the id and the settings of a slug", () => {
    const first = deploy(emptyTable, "a", "s1", { verifyJwt: false });
    const second = deploy(first, "a", "s2");
    expect(second.live["a"]).toMatchObject({
      version: 2,
      verifyJwt: false,
      id: first.live["a"]?.id,
      createdAt: 1,
    });
    expect(second.past.map(({ version }) => version)).toEqual([1]);
    expect(second.staged).toEqual([]);
  });

  it("counts on when the same code is deployed again", () => {
    expect(deploy(deploy(emptyTable, "a", "s1"), "a", "s1").live["a"]?.version).toBe(2);
  });

  it("leaves an activation of what is live as it is", () => {
    const table = deploy(emptyTable, "a", "s1");
    const chosen = chooseVersion(table, { slug: "a", sha256: "s1", version: 1 }, 99);
    expect(withLive(table, [chosen])).toEqual(table);
  });

  it("activates a past version under a new number", () => {
    const table = deploy(deploy(emptyTable, "a", "s1"), "a", "s2");
    expect(chooseVersion(table, { slug: "a", sha256: "s1", version: 3 }, 9)).toMatchObject({
      version: 3,
      sha256: "s1",
    });
  });

  it("refuses other code under a number that is live", () => {
    const table = withStaged(
      deploy(emptyTable, "a", "s1"),
      assembleVersion(emptyTable, upload("a"), { sha256: "s2", sources: [] }, 1),
    );
    expect(() => chooseVersion(table, { slug: "a", sha256: "s2", version: 1 }, 2)).toThrow(
      /version 1 must be bumped/,
    );
  });

  it("refuses what was never uploaded", () => {
    expect(() => chooseVersion(emptyTable, { slug: "a", sha256: "nope" }, 2)).toThrow(
      /no bundle with ezbr_sha256 nope/,
    );
  });

  it("keeps five past versions of each function", () => {
    let table = deploy(emptyTable, "b", "other");
    for (let i = 0; i < 9; i++) table = deploy(table, "a", `s${i}`);
    expect(table.past.map(({ version }) => version)).toEqual([8, 7, 6, 5, 4]);
    expect(withoutLive(table, "a").past).toHaveLength(5);
    expect(Object.keys(withoutLive(table, "a").live)).toEqual(["b"]);
  });
});
