import type { CloudRevision, CloudService, TrafficShare } from "../plan/traffic.ts";

export type { CloudRevision, CloudService, TrafficShare } from "../plan/traffic.ts";

/** `stale`: the service changed since it was read; nothing was done. */
export type WriteAnswer = "accepted" | "stale";

/** The Cloud Run services of one project and region. Writes are accepted first and come about later: read back. */
export interface ServiceTraffic {
  listServices(): Promise<readonly CloudService[]>;
  /** Null when there is none of that name. */
  readService(name: string): Promise<CloudService | null>;
  /** In no particular order; those being deleted are left out. */
  listRevisions(service: string): Promise<readonly CloudRevision[]>;
  setTraffic(service: CloudService, traffic: readonly TrafficShare[]): Promise<WriteAnswer>;
  removeService(service: CloudService): Promise<WriteAnswer>;
}
