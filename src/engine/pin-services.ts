import { assemblePin } from "../plan/assemble-traffic.ts";
import type { TrafficChange, TrafficPin } from "../plan/traffic.ts";
import type { Fence } from "../ports/deploy-lock.ts";
import type { ServiceTraffic } from "../ports/service-traffic.ts";
import type { TrafficPins } from "../ports/traffic-pins.ts";
import { shiftTraffic, type TrafficContext } from "./shift-traffic.ts";

export interface PinInput extends TrafficContext {
  readonly pins: TrafficPins;
  readonly changes: readonly TrafficChange[];
  readonly fence: Fence;
}

/**
 * Shifts the traffic of several services at once. The pins are kept before anything moves: whatever bee dies of, the next
 * deploy knows what it has to give back, and the same command does not take the half-done for the whole.
 */
export async function pinServices(input: PinInput): Promise<readonly TrafficPin[]> {
  const { changes, pins, fence, clock } = input;
  const wanted = changes
    .map((change) => assemblePin(change, new Date(clock.now()).toISOString()))
    .filter((pin) => pin != null);
  await pins.keep(wanted, fence);
  const shifted = await Promise.allSettled(changes.map((change) => shiftTraffic(input, change)));
  const failed = shifted.find(({ status }) => status === "rejected");
  if (failed?.status === "rejected") throw failed.reason;
  const kept = await pins.read();
  const names = wanted.map(({ service }) => service);
  return kept.filter(({ service }) => names.includes(service));
}

/** Cloud Run knows nothing of bee's lock, so writes to it ask first whether it is still held. */
export function fenceTraffic(traffic: ServiceTraffic, assertHeld: () => Promise<void>): ServiceTraffic {
  return {
    ...traffic,
    setTraffic: async (service, shares) => {
      await assertHeld();
      return traffic.setTraffic(service, shares);
    },
    removeService: async (service) => {
      await assertHeld();
      return traffic.removeService(service);
    },
  };
}
