import { describe, expect, it } from "vitest";
import { answerLogAggregate, parseLogAggregate } from "./log-aggregate.ts";
import type { LogColumns } from "./log-expression.ts";

const line = (attributes: Readonly<Record<string, string>>, more: Partial<LogColumns> = {}): LogColumns => ({
  id: "1",
  ts_ms: 600_000,
  source: "function_edge_logs",
  severity_text: "INFO",
  event_message: "POST /x",
  log_attributes: attributes,
  ...more,
});

const call = (fn: string, status: number, ms: number, more: Partial<LogColumns> = {}): LogColumns =>
  line({ function_id: fn, "response.status_code": String(status), execution_time_ms: String(ms) }, more);

function answer(sql: string, rows: readonly LogColumns[]) {
  const query = parseLogAggregate(sql);
  if (query == null) throw new Error("not understood");
  return answerLogAggregate(query, rows);
}

describe("counting lines of the log by group", () => {
  it("counts, filters and finds percentiles as ClickHouse does", () => {
    const rows = [
      ...Array.from({ length: 19 }, (_, n) => call("f1", 200, n + 1)),
      call("f1", 503, 120),
      call("f2", 404, 5),
      call("f1", 200, 1, { source: "edge_logs" }),
      line({ function_id: "f1", "response.status_code": "" }),
    ];
    const sql = `select log_attributes['function_id'] as fn, toFloat64(count()) as n,
        countIf(toInt32OrZero(log_attributes['response.status_code']) >= 500 or toFloat64OrZero(log_attributes['execution_time_ms']) >= 19) as bad,
        countIf(log_attributes['response.status_code'] != '') as known,
        quantile(0.95)(toFloat64OrZero(log_attributes['execution_time_ms'])) as p95,
        max(toFloat64OrZero(log_attributes['execution_time_ms'])) as longest
      from logs where source = 'function_edge_logs' and (position(event_message, '/x') > 0 or 1 = 2)
      group by fn order by n desc limit 10;`;
    expect(answer(sql, rows)).toEqual([
      { fn: "f1", n: 21, bad: 2, known: 20, p95: 19, longest: 120 },
      { fn: "f2", n: 1, bad: 0, known: 1, p95: 5, longest: 5 },
    ]);
  });

  it("groups by slots of time, and by sources of a list", () => {
    const sql =
      "select intDiv(toUnixTimestamp64Milli(timestamp), 300000) as slot, count() as n from logs where source in ('edge_logs', 'function_edge_logs') group by slot order by slot asc limit 1";
    const rows = [
      call("a", 200, 1),
      call("a", 200, 1, { ts_ms: 899_999 }),
      call("a", 200, 1, { ts_ms: 900_000 }),
    ];
    expect(answer(sql, rows)).toEqual([{ slot: 2, n: 2 }]);
    expect(answer(sql, [])).toEqual([]);
  });

  it.each([
    "select count() as n from logs limit 1",
    "select count(*) as n from logs group by n limit 1",
    "select count() as n, source_name as s from logs group by s limit 1",
    "select sumIf(1, 2) as n, source as s from logs group by s limit 1",
    "select count() as n, source as s from logs where source = 'a' and unknown(source) = 1 group by s limit 1",
    "select count() as n, source as s from elsewhere group by s limit 1",
    "select count() as n, source as s from logs group by other limit 1",
    "select count() as n, source as s from logs group by s limit 1; drop table logs",
    "select count() as n, source as s from logs group by s",
  ])("does not guess: %s", (sql) => {
    expect(parseLogAggregate(sql)).toBeNull();
  });
});
