import type { TrafficPin } from "../plan/traffic.ts";
import type { Fence } from "./deploy-lock.ts";

export type { TrafficPin } from "../plan/traffic.ts";

/** Which Cloud Run services a rollback holds at a revision, kept in the target's database (schema `bee`). */
export interface TrafficPins {
  /** By service; empty when there never was one. Writes nothing. */
  read(): Promise<readonly TrafficPin[]>;
  /** Kept before the traffic moves. Repeatable: one pin per service, the last one counts. */
  keep(pins: readonly TrafficPin[], fence: Fence): Promise<void>;
  /** Repeatable: a pin that is not there is removed. */
  remove(service: string, fence: Fence): Promise<void>;
}
