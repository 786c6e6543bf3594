import { postgresChangesFilter } from "@supabase/supabase-js";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { parseFilter } from "./change-filter.ts";

const one = (column: string, operator: string, ...values: string[]) => ({
  column,
  operator,
  negated: false,
  values,
});

describe("a filter", () => {
  test.each([
    ["id=eq.1", [one("id", "eq", "1")]],
    ["id=eq.", [one("id", "eq", "")]],
    ["name=eq.a=b.c", [one("name", "eq", "a=b.c")]],
    ["id=in.(1,2)", [one("id", "in", "1", "2")]],
    ['name=in.("a,b",c,"d\\"e")', [one("name", "in", "a,b", "c", 'd"e')]],
    ["id=gt.0,id=lt.9", [one("id", "gt", "0"), one("id", "lt", "9")]],
    ["name=eq.Doe, Jane", [one("name", "eq", "Doe, Jane")]],
    ['name=eq."Doe, Jane",id=eq.1', [one("name", "eq", "Doe, Jane"), one("id", "eq", "1")]],
    ["id=not.in.(1,2)", [{ ...one("id", "in", "1", "2"), negated: true }]],
    ["deleted_at=is.null", [one("deleted_at", "is", "null")]],
    ["name=like.(a,b)%", [one("name", "like", "(a,b)%")]],
  ])("%s", (text, expected) => {
    expect(parseFilter(text)).toEqual(expected);
  });

  test.each(["id", "id=", "id=eq", "id=between.1", "=eq.1", "id=in.1,2", "id=in.(1", "x".repeat(5000)])(
    "%s is malformed",
    (text) => {
      expect(parseFilter(text)).toBeNull();
    },
  );

  test("of the client's builder is read back as it was meant", () => {
    fc.assert(
      fc.property(
        fc.string({ minLength: 1 }),
        fc.string(),
        fc.uniqueArray(fc.string(), { minLength: 1 }),
        (low, high, list) => {
          const text = postgresChangesFilter().eq("a", low).lt("b", high).in("c", list).build();
          expect(parseFilter(text)).toEqual([
            one("a", "eq", low),
            one("b", "lt", high),
            one("c", "in", ...list),
          ]);
        },
      ),
    );
  });

  test("no text makes the parser throw", () => {
    fc.assert(fc.property(fc.string(), (text) => void parseFilter(text)));
  });
});
