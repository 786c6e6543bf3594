import { join } from "node:path";
import { createAuth } from "./auth/auth.ts";
import type { Foundation, Stops } from "./foundation.ts";
import { assembleFunctionEnv } from "./function-env.ts";
import { createFunctionsRuntime, type FunctionsRuntime } from "./functions/runtime.ts";
import { createUpstream, type Upstream } from "./gateway/proxy.ts";
import type { HttpHandler } from "./http/message.ts";
import { openSecretsFile, type SecretsFile } from "./management/secrets-file.ts";
import { type LocalRest, openRest } from "./postgrest/rest.ts";
import { createRealtime, type Realtime } from "./realtime/realtime.ts";

/** What answers behind the gateway. */
export interface Parts {
  readonly auth: HttpHandler;
  readonly functions: FunctionsRuntime;
  readonly realtime: Realtime;
  readonly rest: LocalRest;
  readonly upstream: Upstream;
  readonly secrets: SecretsFile;
  readonly platformEnv: () => Readonly<Record<string, string>>;
}

/** bcrypt cost of passwords. Hosted uses 10, 70 ms of CPU per sign-in; nothing here depends on it. */
const passwordCost = 6;

/** Starts the parts at the same time; rejects when all have settled and one has failed. */
export async function startParts(base: Foundation, binary: Promise<string>, stops: Stops): Promise<Parts> {
  const { paths, logs, identity, verify, gateway, api, database, superuser } = base;
  const platformEnv = () => assembleFunctionEnv(identity, gateway.url, database.url("postgres"));
  const secrets = openSecretsFile(join(paths.root, "secrets.json"));
  const functions = createFunctionsRuntime({
    dir: paths.functions,
    functionEnv: () => ({ ...secrets.values(), ...platformEnv() }),
    projectRef: identity.projectRef,
    deniedPorts: () => [api.port],
    log: logs.open("functions"),
  });
  const realtime = createRealtime({
    dbUrl: database.url("supabase_admin"),
    pool: superuser,
    verify,
    log: logs.open("realtime"),
  });
  stops.push(() => Promise.all([functions.stop(), realtime.stop()]));
  const openingRest = binary.then(async (file) => {
    const rest = await openRest({
      identity,
      binary: file,
      dbUrl: database.url("authenticator"),
      runDir: paths.run,
      children: base.children,
      log: logs.open("postgrest"),
    });
    stops.push(() => rest.server.pause());
    return rest;
  });
  const [rest] = await allSettled([openingRest, functions.start(), realtime.start()]);
  const upstream = createUpstream(rest.socket);
  stops.push(async () => upstream.close());
  const issuer = `${gateway.url}/auth/v1`;
  const auth = createAuth({
    pool: superuser,
    identity,
    issuer,
    verify,
    log: logs.open("auth"),
    passwordCost,
  });
  return { auth, functions, realtime, rest, upstream, secrets, platformEnv };
}

/** Like Promise.all, but waits for all before it fails, so that what was started can be stopped. */
async function allSettled<T extends readonly unknown[]>(
  promises: readonly [...{ [K in keyof T]: Promise<T[K]> }],
): Promise<T> {
  const results = await Promise.allSettled(promises);
  for (const result of results) if (result.status === "rejected") throw result.reason;
  return results.map((result) => (result.status === "fulfilled" ? result.value : null)) as unknown as T;
}
