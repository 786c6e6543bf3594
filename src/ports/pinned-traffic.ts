import type { TrafficPin } from "../plan/traffic.ts";

/** `elsewhere`: others moved the traffic since, and it was left. `gone`: there is no such service any more. */
export type UnpinAnswer = "unpinned" | "elsewhere" | "gone";

/** The traffic of services that a rollback pinned. Both wait until it is so, and are repeatable. */
export interface PinnedTraffic {
  /** The latest revision gets all requests again. */
  unpin(pin: TrafficPin, signal: AbortSignal): Promise<UnpinAnswer>;
  /** The pin's revision gets all requests again. */
  pin(pin: TrafficPin, signal: AbortSignal): Promise<void>;
  /** Reads only: whether `unpin` could be asked for. Throws what it would be refused with. */
  assertReachable(pins: readonly TrafficPin[]): Promise<void>;
}
