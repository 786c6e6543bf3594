import { openFoundation, type PlatformOptions, type Stops } from "./foundation.ts";
import { serveGateway } from "./gateway/gateway.ts";
import { serveManagement } from "./management-server.ts";
import { type Parts, startParts } from "./parts.ts";
import { findPostgrest } from "./postgrest/binary.ts";
import { renderProfile } from "./profile.ts";
import type { LocalState } from "./state.ts";
import { writePrivate } from "./write-private.ts";

export interface Platform {
  readonly state: LocalState;
  stop(): Promise<void>;
}

/** Starts every part, what can at the same time, and writes the state when all of them serve. Throws BEE-E40x. */
export async function startPlatform(options: PlatformOptions): Promise<Platform> {
  const stops: Stops = [];
  const stop = async () => {
    for (const end of stops.splice(0).reverse()) await end();
  };
  try {
    return { state: await startAll(options, stops), stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

async function startAll(options: PlatformOptions, stops: Stops): Promise<LocalState> {
  const binary = findPostgrest();
  binary.catch(() => {});
  let parts: Parts | null = null;
  const base = await openFoundation(options, stops, () => {
    // PostgREST would come back by itself, but ever more slowly; realtime does so at once.
    void parts?.rest.server.restart();
  });
  options.onProgress("starting PostgREST, realtime and functions");
  parts = await startParts(base, binary, stops);
  const { identity, verify, gateway, api, database, paths, logs } = base;
  const { auth, realtime, functions, rest, upstream } = parts;
  serveGateway(gateway.server, {
    identity,
    verify,
    rest: upstream,
    auth,
    realtime,
    functions,
    readHealth: () => ({ db: database.server.current != null, rest: rest.server.current != null }),
    log: logs.open("gateway"),
  });
  serveManagement(base, parts);
  stops.push(() => Promise.all([gateway.close(), api.close()]));

  const state: LocalState = {
    url: gateway.url,
    managementUrl: api.url,
    projectRef: identity.projectRef,
    accessToken: identity.accessToken,
    anonKey: identity.anonKey,
    serviceRoleKey: identity.serviceRoleKey,
    publishableKey: identity.publishableKey,
    secretKey: identity.secretKey,
    dbUrl: database.url("postgres"),
    profile: paths.profile,
    pid: process.pid,
    startedAt: new Date().toISOString(),
  };
  writePrivate(paths.profile, renderProfile(api.url));
  writePrivate(paths.state, `${JSON.stringify(state, null, 2)}\n`);
  return state;
}
