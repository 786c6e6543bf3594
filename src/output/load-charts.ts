import type { Slice } from "../plan/load/result.ts";
import { formatMs } from "./load-text.ts";

const width = 900;
const left = 64;
const height = 220;

/** p50, p95 and the slowest per slice, and failed calls as bars from the top; an SVG. */
export function renderTimeline(slices: readonly Slice[], sliceMs: number): string {
  if (slices.length === 0) return "<p>No samples.</p>";
  const top = Math.max(1, ...slices.map(({ max }) => max));
  const x = (index: number): number => left + ((index + 0.5) / slices.length) * (width - left);
  const y = (ms: number): number => height - 20 - (ms / top) * (height - 40);
  const line = (pick: (slice: Slice) => number, colour: string): string => {
    const points = slices.map((slice, index) => `${x(index).toFixed(1)},${y(pick(slice)).toFixed(1)}`);
    return `<polyline fill="none" stroke="${colour}" stroke-width="1.5" points="${points.join(" ")}"/>`;
  };
  const most = Math.max(1, ...slices.map(({ failed }) => failed));
  const bar = Math.max(1, (width - left) / slices.length - 1);
  const bars = slices.map(({ failed }, index) =>
    failed === 0
      ? ""
      : `<rect x="${(x(index) - bar / 2).toFixed(1)}" y="20" width="${bar.toFixed(1)}" height="${((failed / most) * 40).toFixed(1)}" fill="#cf222e66"><title>${failed} failed</title></rect>`,
  );
  const end = (slices.length * sliceMs) / 1000;
  return `<svg viewBox="0 0 ${width} ${height}" role="img" aria-label="Latency over time">
<text x="0" y="24">${formatMs(top)}</text><text x="0" y="${height - 20}">0</text>
<text x="${left}" y="${height - 4}">0 s</text><text x="${width - 40}" y="${height - 4}">${end} s</text>
${bars.join("")}${line(({ max }) => max, "#8888")}${line(({ p95 }) => p95, "#0969da")}${line(({ p50 }) => p50, "#1a7f37")}
<text x="${left}" y="12" style="fill:#1a7f37">p50</text><text x="${left + 40}" y="12" style="fill:#0969da">p95</text><text x="${left + 80}" y="12">max</text><text x="${left + 120}" y="12" style="fill:#cf222e">failed</text></svg>`;
}

/** How many calls took how long, per slice: darker is more; an SVG. */
export function renderHeatmap(slices: readonly Slice[], ends: readonly number[]): string {
  const used = ends.length + 1;
  const highest = slices.reduce(
    (most, { buckets }) =>
      Math.max(
        most,
        buckets.findLastIndex((count) => count > 0),
      ),
    -1,
  );
  if (highest < 0) return "<p>No samples.</p>";
  const rows = Math.min(used, highest + 1);
  const rowHeight = 16;
  const cell = (width - left) / slices.length;
  const most = Math.max(1, ...slices.flatMap(({ buckets }) => buckets));
  const label = (bucket: number): string =>
    bucket < ends.length ? `≤ ${formatMs(ends[bucket] ?? 0)}` : "longer";
  const cells = slices.flatMap(({ buckets }, column) =>
    buckets.slice(0, rows).map((count, bucket) => {
      if (count === 0) return "";
      const shade = (0.15 + 0.85 * Math.sqrt(count / most)).toFixed(2);
      return `<rect x="${(left + column * cell).toFixed(1)}" y="${(rows - 1 - bucket) * rowHeight}" width="${Math.max(1, cell - 0.5).toFixed(1)}" height="${rowHeight - 1}" fill="#0969da" fill-opacity="${shade}"><title>${count} calls ${label(bucket)}</title></rect>`;
    }),
  );
  const labels = Array.from(
    { length: rows },
    (_, bucket) => `<text x="0" y="${(rows - 1 - bucket) * rowHeight + 12}">${label(bucket)}</text>`,
  );
  return `<svg viewBox="0 0 ${width} ${rows * rowHeight}" role="img" aria-label="Distribution of latency over time">${labels.join("")}${cells.join("")}</svg>`;
}
