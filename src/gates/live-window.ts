import type { TimeWindow } from "../plan/metric-reading.ts";
import type { Release } from "../plan/release.ts";

const hour = 60 * 60 * 1000;

/** The last hours, as far as they belong to the release that is live. */
export function liveWindow({ recordedAt }: Pick<Release, "recordedAt">, hours: number): TimeWindow {
  const now = Date.now();
  const from = Math.max(now - hours * hour, Math.min(now, Date.parse(recordedAt)));
  return { from: new Date(from).toISOString(), to: new Date(now).toISOString() };
}
