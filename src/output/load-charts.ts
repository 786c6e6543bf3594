import type { Slice } from "../plan/load/result.ts";
import { formatMs } from "./load-text.ts";

const width = 900;
/** Room for labels on the left. */
const left = 72;

interface Axis {
  readonly slices: readonly Slice[];
  readonly sliceMs: number;
}

function columnOf({ slices }: Axis): { readonly wide: number; readonly x: (index: number) => number } {
  const wide = (width - left) / slices.length;
  return { wide, x: (index) => left + index * wide };
}

/** p50, p95 and the slowest per slice, and the limit where it comes into sight; an SVG. */
export function renderTimeline(axis: Axis, limitMs: number): string {
  const { slices } = axis;
  if (slices.length === 0) return "";
  const [top, bottom] = [24, 200];
  const slowest = Math.max(1, ...slices.map(({ max }) => max));
  // A limit far above would flatten everything below it.
  const inSight = limitMs <= slowest * 2;
  const highest = inSight ? Math.max(slowest, limitMs * 1.05) : slowest;
  const { wide, x } = columnOf(axis);
  const y = (ms: number): number => bottom - (ms / highest) * (bottom - top);
  const line = (pick: (slice: Slice) => number, kind: string): string => {
    const points = slices.map((slice, index) =>
      // What was dropped throughout has no latency.
      slice.buckets.every((count) => count === 0) && slice.max === 0
        ? ""
        : `${(x(index) + wide / 2).toFixed(1)},${y(pick(slice)).toFixed(1)}`,
    );
    const drawn = points.filter((point) => point !== "");
    const [only] = drawn;
    return drawn.length === 1
      ? `<circle class="dot ${kind}" r="3" cx="${only?.split(",")[0]}" cy="${only?.split(",")[1]}"/>`
      : `<polyline class="line ${kind}" points="${drawn.join(" ")}"/>`;
  };
  const limit = inSight
    ? `<line class="limit" x1="${left}" x2="${width}" y1="${y(limitMs).toFixed(1)}" y2="${y(limitMs).toFixed(1)}"/><text class="bad" x="0" y="${(y(limitMs) + 4).toFixed(1)}">${formatMs(limitMs)}</text>`
    : "";
  const ends = [
    `<text x="0" y="${bottom}">0</text>`,
    // The two labels would lie upon one another.
    inSight && Math.abs(y(limitMs) - y(slowest)) < 12
      ? ""
      : `<text x="0" y="${(y(slowest) + 4).toFixed(1)}">${formatMs(slowest)}</text>`,
  ];
  const legend = ["p50", "p95", "slowest", ...(inSight ? ["limit"] : [])].map(
    (text, index) =>
      `<text class="${text === "limit" ? "bad" : text}" x="${left + index * 64}" y="12">${text}</text>`,
  );
  const note = inSight
    ? ""
    : `<text x="${left + 200}" y="12">the limit, ${formatMs(limitMs)}, is above</text>`;
  return `<svg viewBox="0 0 ${width} ${bottom + 18}" role="img" aria-label="Latency over time">${legend.join("")}${note}${ends.join("")}${limit}${line(({ max }) => max, "slowest")}${line(({ p95 }) => p95, "p95")}${line(({ p50 }) => p50, "p50")}${renderSeconds(axis, bottom + 14)}</svg>`;
}

/** How many calls were due per slice, and how many of them failed; an SVG. */
export function renderCalls(axis: Axis): string {
  const { slices } = axis;
  if (slices.length === 0) return "";
  const [top, bottom] = [18, 90];
  const most = Math.max(1, ...slices.map(({ total }) => total));
  const { wide, x } = columnOf(axis);
  const bar = (index: number, count: number, kind: string, title: string): string => {
    const high = (count / most) * (bottom - top);
    return count === 0
      ? ""
      : `<rect class="${kind}" x="${x(index).toFixed(1)}" y="${(bottom - high).toFixed(1)}" width="${Math.max(1, wide - 0.5).toFixed(1)}" height="${high.toFixed(1)}"><title>${title}</title></rect>`;
  };
  const bars = slices.map(({ total, failed }, index) => {
    const title = `${total} calls, ${failed} failed`;
    return bar(index, total, "calls", title) + bar(index, failed, "failed", title);
  });
  return `<svg viewBox="0 0 ${width} ${bottom + 18}" role="img" aria-label="Calls and failures over time"><text class="p95" x="${left}" y="12">due</text><text class="bad" x="${left + 64}" y="12">failed</text><text x="0" y="${top + 8}">${most}</text><text x="0" y="${bottom}">0</text>${bars.join("")}${renderSeconds(axis, bottom + 14)}</svg>`;
}

/** How many calls took how long, per slice: darker is more. A line where the limit is; an SVG. */
export function renderHeatmap(axis: Axis, ends: readonly number[], limitMs: number): string {
  const { slices } = axis;
  const used = slices.flatMap(({ buckets }) =>
    buckets.flatMap((count, bucket) => (count > 0 ? [bucket] : [])),
  );
  if (used.length === 0) return "";
  const [lowest, highest] = [Math.min(...used), Math.max(...used)];
  const rows = highest - lowest + 1;
  const rowHeight = 18;
  const { wide, x } = columnOf(axis);
  const y = (bucket: number): number => (highest - bucket) * rowHeight;
  const most = Math.max(1, ...slices.flatMap(({ buckets }) => buckets));
  const label = (bucket: number): string =>
    bucket < ends.length ? `≤ ${formatMs(ends[bucket] ?? 0)}` : "longer";
  const cells = slices.flatMap(({ buckets }, column) =>
    buckets.map((count, bucket) => {
      if (count === 0) return "";
      const shade = (0.15 + 0.85 * Math.sqrt(count / most)).toFixed(2);
      return `<rect class="cell" x="${x(column).toFixed(1)}" y="${y(bucket)}" width="${Math.max(1, wide - 0.5).toFixed(1)}" height="${rowHeight - 1}" fill-opacity="${shade}"><title>${count} calls ${label(bucket)}</title></rect>`;
    }),
  );
  const labels = Array.from({ length: rows }, (_, row) => {
    const bucket = lowest + row;
    return `<text x="0" y="${y(bucket) + 13}">${label(bucket)}</text>`;
  });
  const edge = ends.indexOf(limitMs);
  const limit =
    edge >= lowest && edge < highest
      ? `<line class="limit" x1="${left}" x2="${width}" y1="${y(edge) - 0.5}" y2="${y(edge) - 0.5}"/>`
      : "";
  return `<svg viewBox="0 0 ${width} ${rows * rowHeight + 18}" role="img" aria-label="Distribution of latency over time">${labels.join("")}${cells.join("")}${limit}${renderSeconds(axis, rows * rowHeight + 14)}</svg>`;
}

function renderSeconds({ slices, sliceMs }: Axis, y: number): string {
  const end = (slices.length * sliceMs) / 1000;
  return `<text x="${left}" y="${y}">0 s</text><text class="end" x="${width}" y="${y}">${end} s</text>`;
}
