import type { LoadJudgement } from "../plan/load/judge-load.ts";
import { type LoadResult, latencyBuckets, type Percentiles } from "../plan/load/result.ts";
import { renderHeatmap, renderTimeline } from "./load-charts.ts";
import { formatMs } from "./load-text.ts";

export interface LoadPageInput {
  readonly result: LoadResult;
  readonly judgement: LoadJudgement;
  readonly target: string;
  readonly release: string | null;
  readonly at: Date;
}

const style = `
:root{color-scheme:light dark;--line:#8884;--good:#1a7f37;--bad:#cf222e;--unsure:#9a6700;--accent:#0969da}
body{font:15px/1.5 system-ui,sans-serif;max-width:960px;margin:2rem auto;padding:0 1rem}
h1{font-size:1.4rem}h2{font-size:1.1rem;margin-top:2rem}
table{border-collapse:collapse}td,th{text-align:left;padding:.25rem .9rem .25rem 0;border-bottom:1px solid var(--line);font-variant-numeric:tabular-nums}
.pass{color:var(--good)}.fail{color:var(--bad)}.inconclusive{color:var(--unsure)}
svg{width:100%;height:auto;display:block}svg text{font-size:11px;fill:currentColor}
`;

/** One file that needs nothing else: no scripts, no fonts, no requests. */
export function renderLoadPage({ result, judgement, target, release, at }: LoadPageInput): string {
  const { plan, all, slices, sliceMs, endpoints, failures, generator } = result;
  const title = `bee loadtest ${plan.what} on ${target}`;
  return `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width,initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<title>${escapeHtml(title)}</title><style>${style}</style></head><body>
<h1>${escapeHtml(title)}: <span class="${judgement.kind}">${judgement.kind}</span></h1>
<p>${escapeHtml(`${at.toISOString()}, release ${release ?? "none"}, ${plan.scenario}, ${plan.profile}, ${plan.rate}/s for ${plan.durationMs / 1000} s, engine ${result.engine}`)}</p>
${table(
  ["verdict", "what"],
  judgement.lines.map(({ kind, text }) => [kind, text]),
  (cell, column) => (column === 0 ? `<span class="${cell}">${escapeHtml(cell)}</span>` : escapeHtml(cell)),
)}
<h2>Percentiles</h2>
<p>From when each call was due; below, from when it was sent.</p>
${table(["", "p50", "p90", "p95", "p99", "max"], [row("all calls", result.latency), row("from sending", result.service), ...endpoints.map((one) => row(one.name, one.latency))])}
<h2>Latency over time</h2>
${renderTimeline(slices, sliceMs)}
<h2>Distribution over time</h2>
${renderHeatmap(slices, latencyBuckets)}
<h2>Calls</h2>
${table(
  ["endpoint", "calls", "failed", `failed or over ${plan.limitMs} ms`],
  [
    ...endpoints.map(({ name, total, failed, over }) => [name, `${total}`, `${failed}`, `${over}`]),
    ["all", `${all.total}`, `${all.failed}`, `${all.over}`],
  ],
)}
${
  failures.length === 0
    ? "<p>No call failed.</p>"
    : `<h2>Failures</h2>${table(
        ["what", "count"],
        failures.map(({ what, count }) => [what, `${count}`]),
      )}`
}
<h2>Generator</h2>
${table(
  ["figure", "value"],
  [
    [
      "starts more than 10 ms late",
      generator.lateShare == null ? "unknown" : `${(generator.lateShare * 100).toFixed(2)} %`,
    ],
    ["event loop delay, p99", generator.loopDelayMs == null ? "unknown" : formatMs(generator.loopDelayMs)],
    ["dropped", `${generator.dropped}`],
    ["in flight at most", `${generator.inFlight} of ${generator.inFlightLimit}`],
  ],
)}
</body></html>
`;
}

function row(name: string, latency: Percentiles | null): readonly string[] {
  if (latency == null) return [name, "", "", "", "", ""];
  return [name, ...[latency.p50, latency.p90, latency.p95, latency.p99, latency.max].map(formatMs)];
}

function table(
  head: readonly string[],
  rows: readonly (readonly string[])[],
  render: (cell: string, column: number) => string = escapeHtml,
): string {
  const cells = (tag: string, of: readonly string[], as: (cell: string, column: number) => string): string =>
    `<tr>${of.map((cell, column) => `<${tag}>${as(cell, column)}</${tag}>`).join("")}</tr>`;
  return `<table>${cells("th", head, escapeHtml)}${rows.map((one) => cells("td", one, render)).join("")}</table>`;
}

function escapeHtml(text: string): string {
  return text
    .replaceAll("&", "&amp;")
    .replaceAll("<", "&lt;")
    .replaceAll(">", "&gt;")
    .replaceAll('"', "&quot;");
}
