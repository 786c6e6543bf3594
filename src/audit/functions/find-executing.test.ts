import { describe, expect, it } from "vitest";
import { findExecuting } from "./find-executing.ts";

const define = (name: string, args: string, statement: string): string =>
  `create or replace function public.${name}(${args}) returns void language plpgsql as $$\nbegin\n  ${statement}\nend $$;\n`;

function executing(text: string): readonly string[] {
  return [...findExecuting({ files: [{ path: "m.sql", text }], unread: [] })].map(
    ([name, at]) => `${name} ${at}`,
  );
}

describe("database functions that execute what they get", () => {
  it.each([
    ["an argument", "query text", "execute query;"],
    ["a joined text", "tab text", "execute 'select * from ' || tab into strict result;"],
    [
      "a formatted text",
      "tab text, id uuid",
      "execute format('delete from %s where id = $1', tab) using id;",
    ],
  ])("are found with %s", (_what, args, statement) => {
    expect(executing(define("run_it", args, statement))).toEqual(["run_it m.sql:3"]);
  });

  it.each([
    ["quoted names", "tab text", "execute format('select * from %I', tab);"],
    ["quoted values", "name text", "execute 'select ' || quote_literal(name);"],
    ["values behind USING", "id uuid", "execute 'delete from notes where id = $1' using id;"],
    ["no argument at all", "id uuid", "execute 'truncate ' || the_table;"],
  ])("are not those with %s", (_what, args, statement) => {
    expect(executing(define("run_it", args, statement))).toEqual([]);
  });
});
