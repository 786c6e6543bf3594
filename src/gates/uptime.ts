import { availability, findBurning, type Slot, sumSlots } from "../plan/burn-rate.ts";
import type { EvidenceRecord } from "../plan/evidence-record.ts";
import { findMeasurement } from "../plan/measurement.ts";
import { type SourceAnswer, type TimeWindow, toMinute } from "../plan/metric-reading.ts";
import { liveWindow } from "./live-window.ts";
import { defineMetricGate, type MetricSource } from "./metric-gate.ts";

const id = "uptime";
const hours = 24;
/** Short enough for a window of five minutes; a day has no more of them than the logs give rows. */
const slotMs = 120_000;

function judge(source: string, slots: readonly Slot[], window: TimeWindow): readonly SourceAnswer[] {
  const burning = findBurning(slots, Date.parse(window.to));
  const { total, failed } = sumSlots(slots, Date.parse(window.from), Date.parse(window.to));
  return [
    ...(burning == null ? [] : [{ kind: "broken", source, why: burning.text } as const]),
    { kind: "counted", source, window, bad: failed, total },
  ];
}

/** Requests that the gateway and the functions answered. What never reached them is not in it. */
const requests: MetricSource = {
  name: "edge_logs",
  async read({ ports }, release) {
    const window = liveWindow(release, hours);
    const slots = await ports.logs.readRequests(window, slotMs);
    if (slots.length > 0) return judge("edge_logs", slots, window);
    const why = `no requests from ${toMinute(window.from)} to ${toMinute(window.to)}; lines may come some minutes late`;
    return [{ kind: "silent", source: "edge_logs", why }];
  },
};

/** Probes from outside, however many runs of them there were. */
const probes: MetricSource = {
  name: "bee loadtest health",
  async read({ ports }, release) {
    const window = liveWindow(release, hours);
    const slots = (await ports.evidence.read(["loadtest"], 300)).flatMap((record) => {
      const slot = readSlot(record, release.id);
      return slot == null || slot.to <= Date.parse(window.from) ? [] : [slot];
    });
    if (slots.length > 0) return judge("bee loadtest health", slots, window);
    return [{ kind: "silent", source: "bee loadtest health", why: `no record of it in the last ${hours} h` }];
  },
};

function readSlot(record: EvidenceRecord, release: string): Slot | null {
  const measured = findMeasurement([record], id);
  if (measured?.release !== release) return null;
  const { result } = record.body as {
    readonly result?: { readonly plan?: { readonly durationMs?: unknown } };
  };
  const durationMs = Number(result?.plan?.durationMs ?? 0);
  const to = Date.parse(record.at);
  return { from: to - durationMs, to, total: measured.total, failed: measured.bad };
}

/** A day's share must lie under 0.1 % beyond doubt, and the budget of 30 days must not burn away right now. */
export const uptime = defineMetricGate({
  id,
  title: "The project answers more than 99.9 % of the time",
  bad: "requests went unanswered or were answered 5xx",
  limit: availability.budget,
  fix: "Look at the platform's status and the services' health: bee status, and the project's logs.",
  measuredBy: null,
  needs: ["logs"],
  sources: [requests, probes],
});
