import { describe, expect, it } from "vitest";
import type { Catalog, CatalogKind, Facets } from "./catalog.ts";
import type { TableSum } from "./contents.ts";
import { judgeWayBack } from "./judge-way-back.ts";

type Thing = readonly [kind: CatalogKind, name: string, on: string | null, facets?: Facets];

function catalog(...things: readonly Thing[]): Catalog {
  return {
    postgres: 17,
    objects: things.map(([kind, name, on, facets = {}]) => {
      return { kind, name, on, facets, origin: { address: name, position: null, needs: [] } };
    }),
  };
}

const tables = (given: Readonly<Record<string, readonly [number, string]>>): ReadonlyMap<string, TableSum> =>
  new Map(Object.entries(given).map(([name, [rows, sum]]) => [name, { rows, sum }]));

const notes: Thing = ["table", "public.notes", null];
const title: Thing = ["column", "title", "public.notes"];
const mood: Thing = ["column", "mood", "public.notes"];
const moods: Thing = ["table", "public.moods", null];

const before = {
  catalog: catalog(notes, title, mood, moods),
  tables: tables({ "public.notes": [3, "7"], "public.moods": [2, "5"], "auth.users": [1, "9"] }),
};
const release = catalog(notes, title);
const went = { before, expected: release, drifted: new Set<string>(), lost: new Map([["public.moods", 2]]) };

function problems(more: Partial<Parameters<typeof judgeWayBack>[0]>): readonly string[] {
  const after = { catalog: release, tables: tables({ "public.notes": [3, "8"], "auth.users": [1, "9"] }) };
  return judgeWayBack({ ...went, after, ...more }).map(({ detail }) => detail);
}

describe("looking at a target after it went back", () => {
  it("finds nothing when the catalog is the release's and every row is accounted for", () => {
    expect(problems({})).toEqual([]);
  });

  it("finds rows that nobody accounted for", () => {
    expect(problems({ lost: new Map() })).toEqual(["public.moods is gone with 2 rows; 0 were accounted for"]);
    const after = { catalog: release, tables: tables({ "public.notes": [1, "2"], "auth.users": [1, "9"] }) };
    expect(problems({ after })).toEqual(["public.notes has 2 rows less; 0 were accounted for"]);
  });

  it("finds rows that changed in a table that was left alone, not in one that lost a column", () => {
    const after = { catalog: release, tables: tables({ "public.notes": [3, "8"], "auth.users": [1, "1"] }) };
    expect(problems({ after })).toEqual([
      "auth.users has other content, and going back had no business with it",
    ]);
  });

  it("finds objects that are not the release's, but for what somebody made by hand", () => {
    const view: Thing = ["view", "public.extra", null];
    const after = {
      catalog: catalog(notes, title, view),
      tables: tables({ "public.notes": [3, "8"], "auth.users": [1, "9"] }),
    };
    expect(problems({ after })).toEqual(["created: view public.extra"]);
    expect(problems({ after, drifted: new Set(["view public.extra"]) })).toEqual([]);
    expect(problems({ expected: catalog(notes, title, moods) })).toEqual(["dropped: table public.moods"]);
  });
});
