import fc from "fast-check";
import { loadModule, parseSync } from "libpg-query";
import { beforeAll, describe, expect, it } from "vitest";
import { classifyStatement } from "./sql-class.ts";
import { fingerprintSql, splitSql } from "./sql-statements.ts";

beforeAll(loadModule);

const split = (sql: string) => splitSql(sql).map((statement) => statement.sql);

/** Where PostgreSQL's own parser cuts, as trimmed texts without the comments around them. */
function splitByServerGrammar(sql: string): readonly string[] {
  const bytes = Buffer.from(sql);
  const { stmts } = parseSync(sql) as { stmts?: { stmt_location?: number; stmt_len?: number }[] };
  return (stmts ?? []).map(({ stmt_location: start = 0, stmt_len: length }) =>
    bytes.subarray(start, length == null ? undefined : start + length).toString(),
  );
}

describe("splitSql", () => {
  it.each<[string, string, readonly string[]]>([
    ["plain statements", "select 1; select 2;", ["select 1", "select 2"]],
    ["empty statements", ";; select 1;;\n;", ["select 1"]],
    ["nothing", " \n\t", []],
    ["a comment before, kept with its statement", "-- a; b\nselect 1;", ["-- a; b\nselect 1"]],
    ["a comment at the end, a statement of its own", "select 1; -- end", ["select 1", "-- end"]],
    ["nested block comments", "/* a /* b; */ c; */ select 1;", ["/* a /* b; */ c; */ select 1"]],
    ["quotes", `select 'a;''b', ";""x" from t;select 2`, [`select 'a;''b', ";""x" from t`, "select 2"]],
    ["escape strings", "select E'\\';', e'x\\\\'; select 2", ["select E'\\';', e'x\\\\'", "select 2"]],
    [
      "an escape string that goes on",
      "select E'a'\n '\\';b'; select 2",
      ["select E'a'\n '\\';b'", "select 2"],
    ],
    ["backslash in a standard string", "select '\\'; select 2", ["select '\\'", "select 2"]],
    [
      "dollar quotes",
      "do $a$ begin; $b$; $ end $a$; select $$;$$",
      ["do $a$ begin; $b$; $ end $a$", "select $$;$$"],
    ],
    ["a dollar inside a name", "select a$b$; select 1 as b$c;", ["select a$b$", "select 1 as b$c"]],
    [
      "parentheses",
      "create rule r as on insert to t do (a; b); c",
      ["create rule r as on insert to t do (a; b)", "c"],
    ],
    ["CRLF", "select 1;\r\nselect\r\n2;\r\n", ["select 1", "select\r\n2"]],
    [
      "an atomic body",
      "create or replace function f() returns int begin atomic select case when true then 1 end; select 2; end; x",
      [
        "create or replace function f() returns int begin atomic select case when true then 1 end; select 2; end",
        "x",
      ],
    ],
    ["begin and end elsewhere", "begin; select 1; end; x", ["begin", "select 1", "end", "x"]],
    ["an open quote", "select 1; select 'x; y", ["select 1", "select 'x; y"]],
  ])("%s", (_title, sql, expected) => {
    expect(split(sql)).toEqual(expected);
  });

  it("names the offset of each statement", () => {
    const sql = "  select 1;\n\n  -- c\n  select 2";
    expect(splitSql(sql).map(({ offset, sql: text }) => sql.slice(offset, offset + text.length))).toEqual(
      split(sql),
    );
    expect(splitSql(sql).map(({ offset }) => offset)).toEqual([2, 15]);
  });

  const pieces = [
    "select 1",
    "select 'a;''b'",
    "select E'\\';--' ",
    'select 1 as ";"',
    "select $$ ; $$",
    "select $q$ $$;' $q$",
    "/* ; /* ' */ */",
    "-- ; ' \n",
    "\n",
    " ",
    ";",
    ";",
    "select U&'\\0061;'",
    "select E'a'\n'\\';'",
    "select '\\'",
    "create function f() returns int language sql begin atomic select case when 1=1 then 2 end; end",
    "create procedure p() language plpgsql as $x$ begin; commit; end $x$",
    "select 1 as ünï$x",
    "select 'ä;' , $ä$;$ä$",
    "create rule r as on insert to t do also (select 1; select 2)",
    "do $$ begin perform 1; end $$",
    "select 1 -- x\n",
    "select 4/2*3-1",
    "select 3- -1",
    "begin",
    "commit",
    "select x'1F', b'01', n'x;'",
    "select 1_000.5e3",
  ];

  it("cuts where the server's grammar cuts", () => {
    fc.assert(
      fc.property(
        fc.array(fc.constantFrom(...pieces), { maxLength: 12 }),
        fc.boolean(),
        (chosen, separated) => {
          const sql = chosen.join(separated ? ";" : "");
          let expected: readonly string[];
          try {
            expected = splitByServerGrammar(sql);
          } catch {
            return;
          }
          const statements = split(sql).filter((one) => classifyStatement(one) !== "empty");
          expect(statements.map(fingerprintSql)).toEqual(expected.map(fingerprintSql));
        },
      ),
      { numRuns: 3_000 },
    );
  });

  it("never fails and loses nothing but white space and semicolons, whatever the text", () => {
    const characters = fc.constantFrom(
      ..."'\"$;-*/\\\n aEeU&()b1",
      "begin ",
      "atomic ",
      "create function ",
      "end ",
    );
    fc.assert(
      fc.property(fc.array(characters, { maxLength: 60 }), (chosen) => {
        const sql = chosen.join("");
        let at = 0;
        for (const { sql: text, offset } of splitSql(sql)) {
          expect(sql.slice(at, offset)).toMatch(/^[\s;]*$/);
          at = offset + text.length;
        }
        expect(sql.slice(at)).toMatch(/^[\s;]*$/);
      }),
      { numRuns: 3_000 },
    );
  });
});

describe("fingerprintSql", () => {
  it("does not see comments, white space and semicolons", () => {
    expect(fingerprintSql("-- a\ncreate table t (\n id int /* x */);;")).toBe(
      fingerprintSql("create table t(id int)"),
    );
  });

  it.each([
    ["a literal", "select 'a b'", "select 'a  b'"],
    ["a comment inside a body", "do $$ -- a\n$$", "do $$ -- b\n$$"],
    ["a name", 'select "A"', "select A"],
    ["words run together", "select ab", "select a b"],
  ])("sees a change of %s", (_what, a, b) => {
    expect(fingerprintSql(a)).not.toBe(fingerprintSql(b));
  });
});

describe("classifyStatement", () => {
  it.each([
    ["create unique /* x */ index CONCURRENTLY i on t (a)", "non-transactional"],
    ["create index i on t (a)", "ordinary"],
    ["drop index concurrently if exists i", "non-transactional"],
    ["reindex (verbose) table concurrently t", "non-transactional"],
    ["reindex index i", "ordinary"],
    ["reindex table system", "ordinary"],
    ["-- x\nvacuum (analyze) t", "non-transactional"],
    ["cluster", "non-transactional"],
    ["cluster t using i", "ordinary"],
    ["alter table t detach partition p concurrently", "non-transactional"],
    ["alter table t add column concurrently int", "ordinary"],
    ["create database d", "non-transactional"],
    ["refresh materialized view concurrently m", "ordinary"],
    ["alter type t add value 'x'", "ordinary"],
    ["BEGIN", "transaction-control"],
    ["start transaction read only", "transaction-control"],
    ["commit and chain", "transaction-control"],
    ["end", "transaction-control"],
    ["rollback", "transaction-control"],
    ["rollback to savepoint s", "ordinary"],
    ["savepoint s", "ordinary"],
    ["prepare transaction 'x'", "transaction-control"],
    ["prepare q as select 1", "ordinary"],
    ["set lock_timeout = '1s'", "setting"],
    ["-- nothing", "empty"],
    ["(select 1)", "ordinary"],
  ])("%s is %s", (sql, expected) => {
    expect(classifyStatement(sql)).toBe(expected);
  });
});
