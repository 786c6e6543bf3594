import { setTimeout as sleep } from "node:timers/promises";
import type { v2 } from "@google-cloud/run";
import type { CloudService } from "../plan/traffic.ts";
import type { ServiceTraffic, WriteAnswer } from "../ports/service-traffic.ts";
import { type CloudRunOptions, readCloudRunAddress } from "./cloud-run-address.ts";
import {
  credentialsMissing,
  describeCloudRunFailure,
  isTransient,
  readRpcFailure,
} from "./cloud-run-error.ts";
import { parseRevision, parseService, renderShare } from "./cloud-run-record.ts";

interface Clients {
  readonly services: v2.ServicesClient;
  readonly revisions: v2.RevisionsClient;
}

const callOptions = { timeout: 30_000 };
const readAttempts = 3;

/**
 * Cloud Run's Admin API v2 through Google's client over REST, with application default credentials.
 * Throws BEE-E801 at once for an address that cannot be; nothing is asked before the first use.
 */
export function createCloudRun(options: CloudRunOptions): ServiceTraffic {
  const { parent, client } = readCloudRunAddress(options);
  const pathOf = (service: string) => `${parent}/services/${service}`;

  let clients: Promise<Clients> | null = null;
  async function load(): Promise<Clients> {
    const [{ v2 }, { GoogleAuth }] = await Promise.all([
      import("@google-cloud/run"),
      import("google-auth-library"),
    ]);
    const auth = new GoogleAuth({ projectId: client.projectId, scopes: v2.ServicesClient.scopes });
    auth.useJWTAccessWithScope = true;
    // Looked for here: the client's constructor looks too, and lets its failure end the process.
    await auth.getClient().catch((error: unknown) => {
      throw credentialsMissing(error);
    });
    const settings = { ...client, auth };
    return { services: new v2.ServicesClient(settings), revisions: new v2.RevisionsClient(settings) };
  }
  async function open(): Promise<Clients> {
    clients ??= load();
    return clients;
  }
  async function read<T>(what: string, call: (clients: Clients) => Promise<T>): Promise<T> {
    const opened = await open();
    for (let attempt = 1; ; attempt += 1) {
      try {
        return await call(opened);
      } catch (error) {
        if (attempt === readAttempts || !isTransient(readRpcFailure(error))) {
          throw describeCloudRunFailure(error, what);
        }
        await sleep(250 * 2 ** attempt * (0.5 + Math.random()));
      }
    }
  }
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
