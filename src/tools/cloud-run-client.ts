import { setTimeout as sleep } from "node:timers/promises";
import type { GoogleAuth } from "google-auth-library";
import { type CloudRunEndpoint, type CloudRunOptions, readCloudRunAddress } from "./cloud-run-address.ts";
import {
  credentialsMissing,
  describeCloudRunFailure,
  isTransient,
  readRpcFailure,
} from "./cloud-run-error.ts";

type Module = typeof import("@google-cloud/run");
type Settings = CloudRunEndpoint["client"] & { readonly auth: GoogleAuth };

export interface CloudRunClient<T> {
  /** `projects/P/locations/R`. */
  readonly parent: string;
  open(): Promise<T>;
  /** Asks again when the API has a hiccup. */
  read<R>(what: string, call: (clients: T) => Promise<R>): Promise<R>;
}

export const callOptions = { timeout: 30_000 };
const readAttempts = 3;

/**
 * Clients of Cloud Run's Admin API v2 over REST, with application default credentials.
 * Throws BEE-E801 at once for an address that cannot be; nothing is asked before the first use.
 */
export function createCloudRunClient<T>(
  options: CloudRunOptions,
  make: (v2: Module["v2"], settings: Settings) => T,
): CloudRunClient<T> {
  const { parent, client } = readCloudRunAddress(options);
  let clients: Promise<T> | null = null;
  async function load(): Promise<T> {
    const [{ v2 }, auth] = await Promise.all([
      import("@google-cloud/run"),
      openCredentials(client.projectId, [cloudPlatform]),
    ]);
    return make(v2, { ...client, auth });
  }
  async function open(): Promise<T> {
    clients ??= load();
    return clients;
  }
  return {
    parent,
    open,
    async read(what, call) {
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
    },
  };
}

const cloudPlatform = "https://www.googleapis.com/auth/cloud-platform";

/** Application default credentials. Throws BEE-E800 when there are none. */
export async function openCredentials(projectId: string, scopes: readonly string[]): Promise<GoogleAuth> {
  const { GoogleAuth } = await import("google-auth-library");
  const auth = new GoogleAuth({ projectId, scopes: [...scopes] });
  auth.useJWTAccessWithScope = true;
  // Looked for here: the client's constructor looks too, and lets its failure end the process.
  await auth.getClient().catch((error: unknown) => {
    throw credentialsMissing(error);
  });
  return auth;
}
