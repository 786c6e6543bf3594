import { expect, it } from "vitest";
import { createChangeQueue } from "../../supabase/change-queue.ts";
import { collectScores } from "./score-arrivals.ts";

const change = (user_id: string, types: readonly string[], asText = false) => {
  const breakdown = { events_by_type: Object.fromEntries(types.map((type) => [type, 1])) };
  return {
    table: "daily_engagement_scores",
    type: "UPDATE",
    record: { user_id, breakdown: asText ? JSON.stringify(breakdown) : breakdown },
  } as const;
};

function open() {
  const queue = createChangeQueue();
  const watch = { next: queue.next, close: async () => queue.end() };
  return { push: queue.push, arrivals: collectScores(watch, "ana") };
}

it("lets one score answer for all events that went into it, before or after somebody waits", async () => {
  const { push, arrivals } = open();
  const { signal } = new AbortController();
  const early = arrivals.await("bee_probe_1", 1000, signal);
  push(change("ana", ["bee_probe_1", "bee_probe_2"]));
  expect(await early).toBe(true);
  expect(await arrivals.await("bee_probe_2", 1000, signal)).toBe(true);
  push(change("ana", ["bee_probe_3"], true));
  expect(await arrivals.await("bee_probe_3", 1000, signal)).toBe(true);
  expect(arrivals.counts).toEqual({ own: 2, foreign: 0 });
  await arrivals.stop();
});

it("waits for no longer than asked, and ends when it is over", async () => {
  const { push, arrivals } = open();
  const stop = new AbortController();
  expect(await arrivals.await("bee_probe_1", 20, stop.signal)).toBe(false);
  const many = Array.from({ length: 30 }, (_, n) => arrivals.await(`bee_probe_${n}`, 60_000, stop.signal));
  stop.abort();
  expect(new Set(await Promise.all(many))).toEqual(new Set([false]));
  expect(await arrivals.await("bee_probe_1", 60_000, stop.signal)).toBe(false);
  push(change("ben", ["bee_probe_1"]));
  await expect.poll(() => arrivals.counts.foreign).toBe(1);
  await arrivals.stop();
});
