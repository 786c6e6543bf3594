import { assembleCall, type Scenario } from "../../plan/load/scenario.ts";
import { createHttpSender } from "./http-sender.ts";
import type { PlannedCall } from "./open-model.ts";

export interface ScenarioAccess {
  readonly scenario: Scenario;
  readonly url: string;
  readonly publishableKey: string;
  /** One per synthetic user, revealed: they go into headers only. */
  readonly tokens: readonly string[];
  /** Makes the keys of this run unique. */
  readonly run: string;
  readonly inFlightLimit: number;
  /** Told which worker answered, where one names itself, and how long that took. */
  readonly onWorker?: (worker: string, ms: number) => void;
}

export interface ScenarioCalls {
  readonly call: (n: number) => PlannedCall;
  close(): void;
}

/** The calls of a scenario over HTTP, as the synthetic users in turn. */
export function createScenarioCalls(access: ScenarioAccess): ScenarioCalls {
  const { scenario, url, publishableKey, tokens, run, inFlightLimit, onWorker } = access;
  const sender = createHttpSender({
    url,
    maxSockets: inFlightLimit,
    ...(onWorker == null ? {} : { onWorker }),
  });
  const users = tokens.map((token) => ({ apikey: publishableKey, authorization: `Bearer ${token}` }));
  return {
    call: (n) => {
      const call = assembleCall(scenario, n, Math.max(1, users.length), run);
      const { endpoint, isFunction, json, method, path, accepts, contains } = call;
      const headers = { ...call.headers, ...users[call.user] };
      const body = json == null ? null : JSON.stringify(json);
      return {
        endpoint: { name: endpoint, isFunction },
        run: (cut) => sender.send({ method, path, headers, body, accepts, contains }, cut),
      };
    },
    close: () => sender.close(),
  };
}
