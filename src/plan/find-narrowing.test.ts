import { describe, expect, it } from "vitest";
import { findNarrowing } from "./find-narrowing.ts";

const versions = (...statements: string[]): readonly string[] =>
  findNarrowing(statements.map((sql, index) => ({ version: `${index}`, name: null, statements: [sql] }))).map(
    ({ version }) => version,
  );

describe("findNarrowing", () => {
  it.each([
    "drop table a",
    "-- gone\nDROP FUNCTION f()",
    "alter table a drop column b",
    "alter table a drop b",
    "alter table a rename column b to c",
    "alter table a rename to b",
    "alter table a alter column b type bigint",
    "alter table a alter b set not null",
    "alter type mood rename value 'x' to 'y'",
    "alter table a set schema b",
    "revoke select on a from authenticated",
  ])("takes %s for one", (sql) => {
    expect(versions(sql)).toEqual(["0"]);
  });

  it.each([
    "create table a (b text)",
    "alter table a add column type text",
    "alter table a drop constraint c",
    "alter table a alter column b drop not null",
    "alter table a alter column b drop default",
    "drop index i",
    "drop policy p on a",
    "create or replace function f() returns int language sql as 'select 1; drop table x'",
    "insert into a values ('drop table b')",
  ])("lets %s pass", (sql) => {
    expect(versions(sql)).toEqual([]);
  });

  it("names the statement", () => {
    const found = findNarrowing([
      { version: "7", name: null, statements: ["select 1", "drop\n  table   a"] },
      { version: "8", name: null, statements: null },
    ]);
    expect(found).toEqual([{ version: "7", statement: "drop table a" }]);
  });
});
