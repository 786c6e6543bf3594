import type { CloudRevision, CloudService, ServiceTraffic } from "../service-traffic.ts";

export interface MemoryServiceTraffic extends ServiceTraffic {
  readonly state: {
    readonly services: Map<string, CloudService>;
    readonly revisions: Map<string, readonly CloudRevision[]>;
  };
}

export function createMemoryServiceTraffic(): MemoryServiceTraffic {
  const services = new Map<string, CloudService>();
  const revisions = new Map<string, readonly CloudRevision[]>();
  return {
    state: { services, revisions },
    async listServices() {
      return [...services.values()];
    },
    async readService(name) {
      return services.get(name) ?? null;
    },
    async listRevisions(service) {
      return revisions.get(service) ?? [];
    },
    async setTraffic({ name, etag }, traffic) {
      const live = services.get(name);
      if (live == null || live.etag !== etag) return "stale";
      services.set(name, { ...live, etag: `${etag}'`, traffic, serving: traffic });
      return "accepted";
    },
    async removeService({ name, etag }) {
      if (services.get(name)?.etag !== etag) return "stale";
      services.delete(name);
      revisions.delete(name);
      return "accepted";
    },
  };
}
