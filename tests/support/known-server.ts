import { createServer } from "node:http";
import type { AddressInfo } from "node:net";

export interface KnownServer {
  readonly url: string;
  /** Answered so far. */
  readonly answered: () => number;
  /** How long each answer took by the server's own clock, in ms, in the order of the questions. */
  readonly served: readonly number[];
  close(): Promise<void>;
}

export type Behaviour =
  /** Uniform from 10 to 110 ms, in a fixed order without randomness. */
  | { readonly kind: "uniform" }
  /** As uniform, ten times as long; for the user whose token ends so, thirty times. */
  | { readonly kind: "uneven"; readonly slow: string }
  /** 3 ms, but everything waits through the first `frozenMs` of every `everyMs`. */
  | { readonly kind: "freezes"; readonly everyMs: number; readonly frozenMs: number }
  | { readonly kind: "status"; readonly status: number }
  | { readonly kind: "never" };

/** A server whose latency is known. */
export async function startKnownServer(behaviour: Behaviour): Promise<KnownServer> {
  let asked = 0;
  let answered = 0;
  const startedAt = performance.now();
  const served: number[] = [];
  const delayOf = (token: string): number => {
    if (behaviour.kind === "uniform" || behaviour.kind === "uneven") {
      // Weyl sequence: evenly spread.
      asked += 1;
      const uniform = 10 + 100 * ((asked * 0.618_033_988_75) % 1);
      if (behaviour.kind === "uniform") return uniform;
      return token.endsWith(behaviour.slow) ? 30 * uniform : 10 * uniform;
    }
    if (behaviour.kind !== "freezes") return 0;
    const at = (performance.now() - startedAt) % behaviour.everyMs;
    return 3 + (at < behaviour.frozenMs ? behaviour.frozenMs - at : 0);
  };
  const server = createServer((request, response) => {
    const cameAt = performance.now();
    const position = served.push(0) - 1;
    if (behaviour.kind === "never") return;
    const answer = (): void => {
      answered += 1;
      served[position] = performance.now() - cameAt;
      response.statusCode = behaviour.kind === "status" ? behaviour.status : 200;
      response.end('{"final_score":1}');
    };
    const delay = delayOf(request.headers.authorization ?? "");
    if (delay === 0) answer();
    else setTimeout(answer, delay);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}`,
    answered: () => answered,
    served,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}
