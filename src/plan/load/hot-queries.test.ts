import { describe, expect, it } from "vitest";
import { chooseHotQueries, type HotQuery, parseHotQuery, spreadByWeight } from "./hot-queries.ts";

const text = `-- Why it is run: the home screen.
-- table: scores
-- weight: 3
select day, total -- what is shown
from public.scores
where user_id = :user_id::uuid;
`;

function read(name: string, sql: string): HotQuery {
  const parsed = parseHotQuery(name, sql);
  if ("mistakes" in parsed) throw new Error(parsed.mistakes.join());
  return parsed.query;
}

describe("a hot query's file", () => {
  it("is one statement for pgbench, and the same with a parameter", () => {
    expect(read("latest-score", text)).toEqual({
      name: "latest-score",
      table: "scores",
      weight: 3,
      script: "select day, total\nfrom public.scores\nwhere user_id = :user_id::uuid",
      sql: "select day, total\nfrom public.scores\nwhere user_id = $1::uuid",
      takesUser: true,
    });
    expect(read("plain", "select 1::int")).toMatchObject({ table: null, weight: 1, takesUser: false });
  });

  it.each([
    ["Bad_Name", "select 1", "lower-case words with dashes"],
    ["a", "-- weight: many\nselect 1", 'weight: a whole number from 1 to 1000, got "many"'],
    ["a", "-- nothing but words", "there is no statement"],
    ["a", "select 1; select 2", "more than one statement"],
    ["a", "\\shell rm -rf x\nselect 1", "a backslash would be a command"],
    ["a", "select 1 \\; select 2", "a backslash would be a command"],
    ["a", "select :other::int", ":other: only :user_id is known"],
    ["a", "select timestamp '2026-01-01 12:30'", ":30: only :user_id is known"],
    ["a", "commit", "it must start with one of select"],
    ["a", "begin; commit", "it must start with one of select"],
  ])("is refused: %s, %s", (name, sql, why) => {
    const parsed = parseHotQuery(name, sql);
    expect("mistakes" in parsed ? parsed.mistakes.join("\n") : "").toContain(why);
  });
});

describe("hot queries", () => {
  const [a, b] = [read("a", text), read("b", "select 2")];

  it("are left out where their table is not", () => {
    expect(chooseHotQueries([a, b], ["scores"])).toEqual([a, b]);
    expect(chooseHotQueries([a, b], [])).toEqual([b]);
  });

  it("come as often as they weigh, not one after the other", () => {
    expect(spreadByWeight([a, b]).map(({ name }) => name)).toEqual(["a", "a", "b", "a"]);
    expect(spreadByWeight([])).toEqual([]);
  });
});
