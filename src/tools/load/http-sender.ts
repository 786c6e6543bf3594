import { Agent as HttpAgent, request as httpRequest, type IncomingMessage } from "node:http";
import { Agent as HttpsAgent, request as httpsRequest } from "node:https";
import { workerHeader } from "./first-calls.ts";

export interface HttpCall {
  readonly method: string;
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string | null;
  readonly accepts: readonly number[];
  readonly contains: string | null;
}

export interface HttpSender {
  /** Null for a right answer, else its status, `body`, `timeout` or an error code such as ECONNREFUSED. */
  send(call: HttpCall, signal: AbortSignal): Promise<string | null>;
  close(): void;
}

export interface HttpSenderOptions {
  /** http or https; requests go nowhere else, redirects are not followed. */
  readonly url: string;
  readonly maxSockets: number;
  readonly timeoutMs?: number;
  /** PEM of a CA to trust besides the public ones. */
  readonly ca?: string;
  /** Told which worker answered, where one names itself, and how long that took. */
  readonly onWorker?: (worker: string, ms: number) => void;
}

const agentName = "bee-loadtest";

/** What an answer is read of; the rest is received and thrown away. */
const readBytes = 64 * 1024;

/** Keep-alive connections, the last used first; certificates are always verified, whatever the environment says. */
export function createHttpSender(given: HttpSenderOptions): HttpSender {
  const { url, maxSockets, timeoutMs = 30_000, ca, onWorker } = given;
  const { protocol, hostname, port } = new URL(url);
  const base = new URL(url).pathname.replace(/\/$/, "");
  const tls = protocol === "https:";
  const options = { keepAlive: true, maxSockets, scheduling: "lifo" } as const;
  const agent = tls
    ? new HttpsAgent({ ...options, rejectUnauthorized: true, ...(ca == null ? {} : { ca }) })
    : new HttpAgent(options);
  const request = tls ? httpsRequest : httpRequest;
  const where = { hostname: hostname.replace(/^\[|\]$/g, ""), port: port === "" ? undefined : port, agent };
  // One listener for all calls: with one each, adding would take longer the more are in flight.
  const cuts = new Set<() => void>();
  const watched = new WeakSet<AbortSignal>();
  const watch = (signal: AbortSignal): void => {
    if (watched.has(signal)) return;
    watched.add(signal);
    signal.addEventListener("abort", () => {
      for (const cut of [...cuts]) cut();
    });
  };
  return {
    send: ({ method, path, headers, body, accepts, contains }, signal) =>
      new Promise((resolve) => {
        const sentAt = performance.now();
        const outgoing = request({
          ...where,
          method,
          path: base + path,
          headers:
            body == null
              ? { "user-agent": agentName, ...headers }
              : {
                  "user-agent": agentName,
                  ...headers,
                  "content-type": "application/json",
                  "content-length": String(Buffer.byteLength(body)),
                },
        });
        const end = (failure: string | null): void => {
          clearTimeout(timer);
          cuts.delete(cut);
          resolve(failure);
        };
        const cut = (): void => {
          end("aborted");
          outgoing.destroy();
        };
        const timer = setTimeout(() => {
          end("timeout");
          outgoing.destroy();
        }, timeoutMs);
        watch(signal);
        cuts.add(cut);
        outgoing.on("error", (error: NodeJS.ErrnoException) => end(error.code ?? "error"));
        outgoing.on("response", (incoming) => {
          receive(incoming, contains != null).then(
            (text) => {
              const worker = incoming.headers[workerHeader];
              if (typeof worker === "string") onWorker?.(worker, performance.now() - sentAt);
              end(judgeAnswer(incoming.statusCode ?? 0, text, { accepts, contains }));
            },
            (error: NodeJS.ErrnoException) => end(error.code ?? "error"),
          );
        });
        outgoing.end(body ?? undefined);
        if (signal.aborted) cut();
      }),
    close: () => agent.destroy(),
  };
}

function receive(incoming: IncomingMessage, keep: boolean): Promise<string> {
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    let size = 0;
    incoming.on("data", (chunk: Buffer) => {
      if (keep && size < readBytes) chunks.push(chunk);
      size += chunk.length;
    });
    incoming.on("error", reject);
    incoming.on("end", () => resolve(keep ? Buffer.concat(chunks).toString() : ""));
  });
}

/** A 200 that says it failed, or that has not what was asked for, is an error. */
function judgeAnswer(
  status: number,
  text: string,
  { accepts, contains }: Pick<HttpCall, "accepts" | "contains">,
): string | null {
  if (!accepts.includes(status)) return String(status);
  if (contains != null && !text.includes(contains)) return "body";
  return /"success"\s*:\s*false/.test(text) ? "body" : null;
}
