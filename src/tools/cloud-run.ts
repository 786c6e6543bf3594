import type { CloudService } from "../plan/traffic.ts";
import type { ServiceTraffic, WriteAnswer } from "../ports/service-traffic.ts";
import type { CloudRunOptions } from "./cloud-run-address.ts";
import { callOptions, createCloudRunClient } from "./cloud-run-client.ts";
import { describeCloudRunFailure, readRpcFailure } from "./cloud-run-error.ts";
import { parseRevision, parseService, renderShare } from "./cloud-run-record.ts";

/** The services of a project and region. Throws BEE-E801 at once for an address that cannot be. */
export function createCloudRun(options: CloudRunOptions): ServiceTraffic {
  const { parent, open, read } = createCloudRunClient(options, (v2, settings) => ({
    services: new v2.ServicesClient(settings),
    revisions: new v2.RevisionsClient(settings),
  }));
  type Clients = Awaited<ReturnType<typeof open>>;
  const pathOf = (service: string) => `${parent}/services/${service}`;

  /** ABORTED is the answer to an etag that is no longer current; a service that is gone is stale too. */
  async function write(what: string, call: (clients: Clients) => Promise<unknown>): Promise<WriteAnswer> {
    try {
      await call(await open());
      return "accepted";
    } catch (error) {
      const { status } = readRpcFailure(error);
      if (status === "ABORTED" || status === "NOT_FOUND") return "stale";
      throw describeCloudRunFailure(error, what);
    }
  }

  return {
    listServices: () =>
      read("listing services", async ({ services }) => {
        const [found] = await services.listServices({ parent }, callOptions);
        return found.map(parseService);
      }),
    readService: (name) =>
      read(`reading ${name}`, async ({ services }): Promise<CloudService | null> => {
        try {
          const [found] = await services.getService({ name: pathOf(name) }, callOptions);
          return parseService(found);
        } catch (error) {
          if (readRpcFailure(error).status === "NOT_FOUND") return null;
          throw error;
        }
      }),
    listRevisions: (service) =>
      read(`listing the revisions of ${service}`, async ({ revisions }) => {
        const [found] = await revisions.listRevisions({ parent: pathOf(service) }, callOptions);
        return found.map(parseRevision).filter((revision) => revision != null);
      }),
    setTraffic: ({ name, etag }, traffic) =>
      // Without the mask the client's empty labels and annotations would replace the service's.
      write(`moving the traffic of ${name}`, ({ services }) =>
        services.updateService(
          {
            service: { name: pathOf(name), etag, traffic: traffic.map(renderShare) },
            updateMask: { paths: ["traffic"] },
          },
          callOptions,
        ),
      ),
    removeService: ({ name, etag }) =>
      write(`deleting ${name}`, ({ services }) =>
        services.deleteService({ name: pathOf(name), etag }, callOptions),
      ),
  };
}
