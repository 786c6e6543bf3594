import {
  Agent,
  request as httpRequest,
  type IncomingMessage,
  type OutgoingHttpHeaders,
  type ServerResponse,
} from "node:http";
import { sendReply } from "../http/handler-server.ts";
import type { HttpReply } from "../http/message.ts";

export interface Upstream {
  forward(request: IncomingMessage, response: ServerResponse, target: UpstreamTarget): Promise<void>;
  /** Rejects unless it answers below 500. */
  ping(path: string): Promise<void>;
  close(): void;
}

export interface UpstreamTarget {
  readonly path: string;
  /** Replaces headers of the request; undefined removes one. */
  readonly headers: Readonly<Record<string, string | undefined>>;
  readonly maxBytes: number;
}

/** Meant for one connection only (RFC 9110 §7.6.1). */
const hopByHop = [
  "connection",
  "keep-alive",
  "proxy-authenticate",
  "proxy-authorization",
  "te",
  "trailer",
  "transfer-encoding",
  "upgrade",
];

const pingMs = 2_000;

const unavailable: HttpReply = {
  status: 503,
  headers: { "retry-after": "1" },
  body: {
    code: "PGRST001",
    details: null,
    hint: null,
    message: "The API is restarting. Try again in a moment.",
  },
};

/** A streaming proxy onto a unix socket, over connections that stay open. */
export function createUpstream(socketPath: string): Upstream {
  // PostgREST closes idle connections after 30 s; ours go first.
  const agent = new Agent({ keepAlive: true, timeout: 20_000, maxFreeSockets: 64 });
  return {
    close: () => agent.destroy(),
    ping: (path) =>
      new Promise((resolve, reject) => {
        const probe = httpRequest({ socketPath, agent, method: "HEAD", path, timeout: pingMs }, (reply) => {
          reply.resume();
          if ((reply.statusCode ?? 500) < 500) resolve();
          else reject(new Error(`answers ${reply.statusCode}`));
        });
        probe.on("timeout", () => probe.destroy(new Error("does not answer")));
        probe.on("error", reject);
        probe.end();
      }),
    forward: (request, response, target) =>
      new Promise((resolve) => {
        response.once("close", resolve);
        send({ socketPath, agent, request, response, target, again: true });
      }),
  };
}

interface Exchange {
  readonly socketPath: string;
  readonly agent: Agent;
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  readonly target: UpstreamTarget;
  /** Whether a request that met a connection closed meanwhile may be sent again. */
  readonly again: boolean;
}

function send(exchange: Exchange): void {
  const { socketPath, agent, request, response, target } = exchange;
  const upstream = httpRequest({
    socketPath,
    agent,
    method: request.method ?? "GET",
    path: target.path,
    headers: assembleHeaders(request, target),
  });
  const abort = () => upstream.destroy();
  response.once("close", abort);
  upstream.on("response", (reply) => {
    response.writeHead(reply.statusCode ?? 502, assembleReplyHeaders(reply));
    reply.pipe(response);
    reply.on("error", () => response.destroy());
    reply.on("aborted", () => response.destroy());
  });
  upstream.on("error", () => {
    response.off("close", abort);
    if (response.destroyed) return;
    if (response.headersSent) response.destroy();
    else if (exchange.again && upstream.reusedSocket && !hasBody(request))
      send({ ...exchange, again: false });
    else sendReply(response, unavailable);
  });
  if (hasBody(request)) pipeLimited(exchange, upstream);
  else upstream.end();
}

function pipeLimited(
  { request, response, target }: Exchange,
  upstream: ReturnType<typeof httpRequest>,
): void {
  let size = 0;
  const refuse = () => {
    request.unpipe(upstream);
    request.removeAllListeners("data");
    request.resume();
    sendReply(response, {
      status: 413,
      headers: { connection: "close" },
      body: { message: "Request body too large" },
    });
    upstream.destroy();
  };
  if (Number(request.headers["content-length"] ?? 0) > target.maxBytes) {
    refuse();
    return;
  }
  request.on("data", (chunk: Buffer) => {
    size += chunk.length;
    if (size > target.maxBytes) refuse();
  });
  request.on("error", () => upstream.destroy());
  request.pipe(upstream);
}

function hasBody(request: IncomingMessage): boolean {
  const length = request.headers["content-length"];
  return request.headers["transfer-encoding"] != null || (length != null && length !== "0");
}

function assembleHeaders(request: IncomingMessage, target: UpstreamTarget): OutgoingHttpHeaders {
  const headers: OutgoingHttpHeaders = { ...request.headers };
  for (const name of hopByHop) delete headers[name];
  if (request.headers["transfer-encoding"] != null) headers["transfer-encoding"] = "chunked";
  for (const [name, value] of Object.entries(target.headers)) {
    if (value === undefined) delete headers[name];
    else headers[name] = value;
  }
  return headers;
}

function assembleReplyHeaders(reply: IncomingMessage): OutgoingHttpHeaders {
  const headers: OutgoingHttpHeaders = { ...reply.headers };
  for (const name of hopByHop) delete headers[name];
  return headers;
}
