import type { LoadJudgement, LoadLine } from "../plan/load/judge-load.ts";
import { type LoadResult, latencyBuckets, type Percentiles } from "../plan/load/result.ts";
import { formatShare } from "../plan/metric-reading.ts";
import { renderCalls, renderHeatmap, renderTimeline } from "./load-charts.ts";
import { formatMs } from "./load-text.ts";

export interface LoadPageInput {
  readonly result: LoadResult;
  readonly judgement: LoadJudgement;
  readonly target: string;
  readonly release: string | null;
  readonly at: Date;
}

const style = `
:root{color-scheme:light dark;--line:#8884;--good:#1a7f37;--bad:#cf222e;--unsure:#9a6700;--accent:#0969da;--quiet:#59636e}
@media(prefers-color-scheme:dark){:root{--good:#3fb950;--bad:#ff6a69;--unsure:#d29922;--accent:#58a6ff;--quiet:#9198a1}}
body{font:15px/1.5 system-ui,sans-serif;max-width:960px;margin:2rem auto;padding:0 1rem}
h1{font-size:1.4rem}h2{font-size:1.1rem;margin-top:2rem}
.quiet{color:var(--quiet)}
.figures{display:flex;flex-wrap:wrap;gap:.5rem 2.5rem;margin:1.2rem 0}.figures b{display:block;font-size:1.5rem;line-height:1.3}
table{border-collapse:collapse}td,th{text-align:left;padding:.25rem 1.2rem .25rem 0;border-bottom:1px solid var(--line);font-variant-numeric:tabular-nums;vertical-align:top}
.numbers td:not(:first-child),.numbers th:not(:first-child){text-align:right}
.pass{color:var(--good)}.fail,text.bad{color:var(--bad);fill:var(--bad)}.inconclusive{color:var(--unsure)}
svg{width:100%;height:auto;display:block}svg text{font-size:11px;fill:currentColor}text.end{text-anchor:end}
.line{fill:none;stroke-width:1.5}.line.p50{stroke:var(--good)}.line.p95{stroke:var(--accent)}.line.slowest{stroke:var(--quiet);stroke-opacity:.6}
.dot.p50,svg text.p50{fill:var(--good)}.dot.p95,svg text.p95,.calls,.cell{fill:var(--accent)}.dot.slowest,svg text.slowest{fill:var(--quiet)}
svg text.bad,.failed{fill:var(--bad)}.calls{fill-opacity:.45}.limit{stroke:var(--bad);stroke-dasharray:4 3}
`;

/** One file that needs nothing else: no scripts, no fonts, no requests. */
export function renderLoadPage({ result, judgement, target, release, at }: LoadPageInput): string {
  const { plan } = result;
  const title = `bee loadtest ${plan.what} on ${target}`;
  const sections =
    result.url == null && result.all.total > 0 ? renderMeasured(result) : renderNothing(result);
  return `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width,initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<title>${escapeHtml(`${judgement.kind}: ${title}`)}</title><style>${style}</style></head><body>
<h1>${escapeHtml(title)}: <span class="${judgement.kind}">${judgement.kind}</span></h1>
<p class="quiet">${escapeHtml(`${at.toISOString()}, release ${release ?? "none"}, ${plan.scenario}, ${plan.profile}, ${plan.rate}/s for ${plan.durationMs / 1000} s, engine ${result.engine}`)}</p>
${renderFigures(result)}
${table(
  ["verdict", "what"],
  sortLines(judgement).map(({ kind, text }) => [kind, text]),
  {
    render: (cell, column) =>
      column === 0 ? `<span class="${cell}">${escapeHtml(cell)}</span>` : escapeHtml(cell),
  },
)}
${sections}
</body></html>
`;
}

/** What decides comes first. */
function sortLines({ kind: verdict, lines }: LoadJudgement): readonly LoadLine[] {
  const order = [verdict, "fail", "inconclusive", "pass"];
  return [...lines].sort((one, other) => order.indexOf(one.kind) - order.indexOf(other.kind));
}

function renderFigures({ all, latency, p95Range, plan, url }: LoadResult): string {
  if (url != null || latency == null) return "";
  const range = p95Range == null ? "" : `${formatMs(p95Range[0])} to ${formatMs(p95Range[1])} at 95 %, `;
  // A quick refusal has a fine p95: what failed or took too long comes first.
  const figures = [
    ["failed or over the limit", shareOf(all.over, all.total), `${all.over} of ${all.total}`],
    ["failed", shareOf(all.failed, all.total), `${all.failed} of ${all.total}`],
    ["p95", formatMs(latency.p95), `${range}limit ${formatMs(plan.limitMs)}`],
    ["calls", `${all.total}`, `of ${plan.planned} planned`],
  ] as const;
  return `<div class="figures">${figures
    .map(([name, value, more]) => `<div>${name}<b>${value}</b><span class="quiet">${more}</span></div>`)
    .join("")}</div>`;
}

function renderNothing({ url }: LoadResult): string {
  return url == null ? "<p>Not one call was made.</p>" : `<p>The figures are at ${escapeHtml(url)}</p>`;
}

function renderMeasured(result: LoadResult): string {
  const { plan, all, slices, sliceMs, endpoints, failures, shards = [] } = result;
  const axis = { slices, sliceMs };
  const over = `failed or over ${formatMs(plan.limitMs)}`;
  const charts =
    slices.length === 0
      ? "<p>No series: only the summary was kept.</p>"
      : `<h2>Latency over time</h2>
${renderTimeline(axis, plan.limitMs)}
<h2>Calls over time</h2>
${renderCalls(axis)}
<h2>Distribution over time</h2>
${renderHeatmap(axis, latencyBuckets, plan.limitMs)}`;
  return `${charts}
<h2>Percentiles</h2>
${table(
  ["", "p50", "p90", "p95", "p99", "max"],
  [
    row("all calls, from when they were due", result.latency),
    ...(result.service == null ? [] : [row("all calls, from when they were sent", result.service)]),
    ...endpoints.map((one) => row(one.name, one.latency)),
  ],
  { numbers: true },
)}
<h2>Calls</h2>
${table(
  ["", "calls", "failed", over],
  [
    ...endpoints.map(({ name, total, failed, over: own }) => [name, `${total}`, `${failed}`, `${own}`]),
    ["all", `${all.total}`, `${all.failed}`, `${all.over}`],
  ],
  { numbers: true },
)}
${
  failures.length === 0
    ? "<p>No call failed.</p>"
    : `<h2>Failures</h2>${table(
        ["what", "count"],
        failures.map(({ what, count }) => [what, `${count}`]),
        { numbers: true },
      )}`
}
${
  shards.length === 0
    ? ""
    : `<h2>Shards</h2>${table(
        ["", "calls", "failed", over, "p95", "late starts", "dropped"],
        shards.map((shard) => [
          `${shard.index}`,
          `${shard.total}`,
          `${shard.failed}`,
          `${shard.over}`,
          shard.p95 == null ? "" : formatMs(shard.p95),
          formatShare(shard.lateShare),
          `${shard.dropped}`,
        ]),
        { numbers: true },
      )}`
}
${renderGenerator(result)}`;
}

function renderGenerator({ generator }: LoadResult): string {
  const { lateShare, loopDelayMs, dropped, inFlight, inFlightLimit } = generator;
  return `<h2>Generator</h2>
${table(
  ["figure", "value"],
  [
    ["starts more than 10 ms late", lateShare == null ? "unknown" : formatShare(lateShare)],
    ["event loop delay, p99", loopDelayMs == null ? "unknown" : formatMs(loopDelayMs)],
    ["dropped", `${dropped}`],
    ["in flight at most", `${inFlight} of ${inFlightLimit}`],
  ],
  { numbers: true },
)}`;
}

function shareOf(part: number, all: number): string {
  return formatShare(all === 0 ? 0 : part / all);
}

function row(name: string, latency: Percentiles | null): readonly string[] {
  if (latency == null) return [name, "", "", "", "", ""];
  return [name, ...[latency.p50, latency.p90, latency.p95, latency.p99, latency.max].map(formatMs)];
}

interface TableOptions {
  readonly render?: (cell: string, column: number) => string;
  /** All columns but the first are figures. */
  readonly numbers?: boolean;
}

function table(
  head: readonly string[],
  rows: readonly (readonly string[])[],
  { render = escapeHtml, numbers = false }: TableOptions = {},
): string {
  const cells = (tag: string, of: readonly string[], as: (cell: string, column: number) => string): string =>
    `<tr>${of.map((cell, column) => `<${tag}>${as(cell, column)}</${tag}>`).join("")}</tr>`;
  return `<table${numbers ? ' class="numbers"' : ""}>${cells("th", head, escapeHtml)}${rows.map((one) => cells("td", one, render)).join("")}</table>`;
}

function escapeHtml(text: string): string {
  return text
    .replaceAll("&", "&amp;")
    .replaceAll("<", "&lt;")
    .replaceAll(">", "&gt;")
    .replaceAll('"', "&quot;");
}
