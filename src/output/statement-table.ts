import { boundStatement, nameStatement, type StatementDelta } from "../plan/load/statement-stats.ts";
import { formatMs } from "./load-text.ts";

const shown = 12;

/** Most take less than a tenth of a millisecond. */
function formatShort(ms: number): string {
  return ms < 1 ? `${ms.toFixed(2)} ms` : formatMs(ms);
}

/** What statements took in a window, for a terminal: most time first. */
export function renderStatements({ from, to, incomplete, entries }: StatementDelta): string {
  const seconds = (Date.parse(to) - Date.parse(from)) / 1000;
  const rows = entries.slice(0, shown).map((entry) => {
    const { meanMs, p95AtMostMs } = boundStatement(entry);
    const each = (sum: number): string => String(Number((sum / entry.calls).toPrecision(2)));
    return [
      String(entry.calls),
      formatShort(meanMs),
      formatShort(p95AtMostMs),
      each(entry.rows),
      `${each(entry.hit)} + ${each(entry.read)}`,
      entry.role,
      nameStatement(entry, 60),
    ];
  });
  const table = [["calls", "mean", "p95 at most", "rows", "blocks", "role", "query"], ...rows];
  const widths =
    table[0]?.map((_, column) => Math.max(...table.map((row) => row[column]?.length ?? 0))) ?? [];
  const lines = table.map((row) => row.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join("  "));
  const rest = entries.length > shown ? [`and ${entries.length - shown} more with less time`] : [];
  const note = incomplete ? ["counters were reset or thrown out meanwhile: calls may be missing"] : [];
  return [
    `pg_stat_statements, roles of the API, ${seconds.toFixed(0)} s (blocks: from the cache + read, per call):`,
    ...[...lines, ...rest, ...note].map((line) => `  ${line.trimEnd()}`),
    "",
  ].join("\n");
}
