import type { TrafficPin, TrafficPins } from "../traffic-pins.ts";
import { assertFence, type IsCurrent } from "./fence-check.ts";

interface MemoryTrafficPins extends TrafficPins {
  readonly state: Map<string, TrafficPin>;
}

export function createMemoryTrafficPins(isCurrent: IsCurrent = () => true): MemoryTrafficPins {
  const state = new Map<string, TrafficPin>();
  return {
    state,
    async read() {
      return [...state.values()].sort((one, other) => (one.service < other.service ? -1 : 1));
    },
    async keep(pins, fence) {
      assertFence(fence, isCurrent);
      for (const pin of pins) state.set(pin.service, pin);
    },
    async remove(service, fence) {
      assertFence(fence, isCurrent);
      state.delete(service);
    },
  };
}
