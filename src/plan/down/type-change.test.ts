import { expect, it } from "vitest";
import { judgeTypeChange } from "./type-change.ts";

it.each([
  ["integer", "bigint", "keeps"],
  ["bigint", "integer", "fails"],
  ["integer", "numeric", "keeps"],
  ["numeric(5,2)", "numeric(6,2)", "keeps"],
  ["numeric(6,2)", "numeric(5,2)", "fails"],
  ["numeric(6,3)", "numeric(6,2)", "changes"],
  ["numeric", "numeric(6,2)", "changes"],
  ["character varying(10)", "text", "keeps"],
  ["character varying(10)", "character varying(20)", "keeps"],
  ["text", "character varying(20)", "fails"],
  ["uuid", "text", "keeps"],
  ["text", "integer", "changes"],
  ["double precision", "real", "changes"],
  ["jsonb", "json", "keeps"],
  ["json", "jsonb", "changes"],
  ["public.mood", "text", "keeps"],
  ["text", "public.mood", "fails"],
  ["timestamp with time zone", "date", "changes"],
  ["date", "timestamp with time zone", "keeps"],
] as const)("%s to %s %s", (from, to, verdict) => {
  expect(judgeTypeChange(from, to, ["public.mood"])).toBe(verdict);
});
