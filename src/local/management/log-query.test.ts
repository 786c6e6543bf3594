import { describe, expect, it } from "vitest";
import { captured } from "../../../tests/contract/schema.ts";
import { parseLogQuery } from "./log-query.ts";

const sent = new URLSearchParams(captured["logs-remote"]?.[0]?.query).get("sql") ?? "";
const withWhere = (where: string) =>
  sent.replace(/ where \(source = 'postgres_logs'\) order/, ` where ${where} order`);
const level = /multiIf\(.*\) as level/s.exec(sent)?.[0].replace(" as level", "") ?? "";

describe("log queries", () => {
  it("are understood as the CLI sends them", () => {
    expect(parseLogQuery(sent)).toEqual({
      sources: ["postgres_logs"],
      levels: [],
      functionId: null,
      search: null,
      after: null,
      newestFirst: true,
      limit: 100,
    });
  });

  it.each([
    ["(source = 'auth_logs' or source = 'edge_logs')", { sources: ["auth_logs", "edge_logs"] }],
    ["(source = 'function_logs') and log_attributes['function_id'] = 'f1'", { functionId: "f1" }],
    [`(source = 'edge_logs') and (${level}) in ('error', 'warn')`, { levels: ["error", "warn"] }],
    [
      "(source = 'auth_logs') and positionCaseInsensitiveUTF8(event_message, 'it''s (and) that') > 0",
      { search: "it's (and) that" },
    ],
    [
      "(source = 'auth_logs') and (toUnixTimestamp64Milli(timestamp) > 17 or (toUnixTimestamp64Milli(timestamp) = 17 and id > 'x'))",
      { after: { time: 17, id: "x" } },
    ],
  ])("know %s", (where, expected) => {
    expect(parseLogQuery(withWhere(where))).toMatchObject(expected);
  });

  it.each([
    "select 1",
    "",
    withWhere("(source = 'auth_logs') and 1 = 1"),
    withWhere("(source = 'auth_logs') or 1 = 1"),
    sent.replace("select id,", "select id, timestamp,"),
    sent.replace("limit 100", "limit 100 offset 5"),
    `${sent}; drop table logs`,
  ])("are not guessed at: %#", (sql) => {
    expect(parseLogQuery(sql)).toBeNull();
  });
});
