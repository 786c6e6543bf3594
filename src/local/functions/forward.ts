import {
  type ClientRequest,
  request as httpRequest,
  type IncomingMessage,
  type OutgoingHttpHeaders,
  type ServerResponse,
} from "node:http";
import { faultOf, faults, sendFault } from "./fault-reply.ts";
import type { FunctionWorker } from "./worker.ts";

/** Meant for one connection only (RFC 9110, 7.6.1). */
const hopByHop = new Set([
  "connection",
  "expect",
  "keep-alive",
  "proxy-authenticate",
  "proxy-authorization",
  "proxy-connection",
  "te",
  "trailer",
  "transfer-encoding",
  "upgrade",
]);

/** Fits into the buffer of a socket, in bytes. */
const smallBody = 64 * 1024;

/** How long a broken connection may wait for the news that the process behind it ended. */
const exitNewsMs = 500;

/** `/functions/v1/<slug>/rest` or `/<slug>/rest` as the function sees it: starting with its own name. */
function functionPath(url: string): string {
  return url.startsWith("/functions/v1/") ? url.slice("/functions/v1".length) : url;
}

function requestHeaders(request: IncomingMessage): OutgoingHttpHeaders {
  const headers: OutgoingHttpHeaders = {};
  for (const [name, value] of Object.entries(request.headers)) {
    if (!hopByHop.has(name)) headers[name] = value;
  }
  headers["x-forwarded-for"] ??= request.socket.remoteAddress ?? "127.0.0.1";
  if (request.headers["transfer-encoding"] != null) headers["transfer-encoding"] = "chunked";
  return headers;
}

/** Hosted functions cannot serve HTML: a GET's text/html becomes text/plain. */
function responseHeaders(upstream: IncomingMessage, method: string, worker: FunctionWorker): string[] {
  const headers: string[] = [];
  for (let i = 0; i < upstream.rawHeaders.length; i += 2) {
    const name = upstream.rawHeaders[i] ?? "";
    const value = upstream.rawHeaders[i + 1] ?? "";
    const lower = name.toLowerCase();
    if (hopByHop.has(lower)) continue;
    const html = method === "GET" && lower === "content-type" && /^text\/html/i.test(value);
    headers.push(name, html ? value.replace(/^text\/html/i, "text/plain") : value);
  }
  headers.push("x-deno-execution-id", worker.id);
  return headers;
}

/**
 * A small body goes in one write with its head: a function that refuses early may close before a second one, and the
 * failed write would lose its answer. Larger ones are streamed.
 */
function send(request: IncomingMessage, upstream: ClientRequest): void {
  const length = Number(request.headers["content-length"] ?? Number.NaN);
  if (!(length <= smallBody)) {
    request.pipe(upstream);
    return;
  }
  const chunks: Buffer[] = [];
  request.on("data", (chunk: Buffer) => chunks.push(chunk));
  request.on("end", () => upstream.end(Buffer.concat(chunks)));
}

/**
 * Sends one request to a process that counts it already, and its answer back, streaming both ways. Resolves when the
 * exchange is over, however it ended; never throws.
 */
export function forward(
  request: IncomingMessage,
  response: ServerResponse,
  worker: FunctionWorker,
): Promise<void> {
  const method = request.method ?? "GET";
  const { idleMs, wallMs } = worker.spec.limits;
  return new Promise((resolve) => {
    let over = false;
    const upstream = httpRequest({
      socketPath: worker.spec.socketPath,
      agent: worker.agent,
      method,
      path: functionPath(request.url ?? "/"),
      headers: requestHeaders(request),
    });
    const idleTimer = setTimeout(() => {
      sendFault(response, faults.idle);
      finish();
      // It may be stuck for good: the next request gets a fresh process, this one may finish what it has.
      void worker.retire();
    }, idleMs);
    const wallTimer = setTimeout(() => {
      response.destroy();
      finish();
    }, wallMs);
    const finish = () => {
      if (over) return;
      over = true;
      clearTimeout(idleTimer);
      clearTimeout(wallTimer);
      request.unpipe(upstream);
      if (!upstream.writableFinished || !response.writableFinished) upstream.destroy();
      // The rest of an upload nobody reads must not block the connection's next request.
      request.resume();
      worker.end();
      resolve();
    };
    const fail = async () => {
      if (over) return;
      await Promise.race([worker.exited, new Promise((done) => setTimeout(done, exitNewsMs).unref())]);
      if (over) return;
      sendFault(response, faultOf(worker.exitReason));
      finish();
    };
    upstream.on("error", fail);
    upstream.on("response", (reply) => {
      clearTimeout(idleTimer);
      worker.touch();
      if (over) return reply.destroy();
      response.writeHead(
        reply.statusCode ?? 502,
        reply.statusMessage,
        responseHeaders(reply, method, worker),
      );
      reply.on("data", () => worker.touch());
      reply.on("error", () => response.destroy());
      reply.on("aborted", () => response.destroy());
      reply.pipe(response);
    });
    response.on("close", finish);
    request.on("error", () => upstream.destroy());
    send(request, upstream);
  });
}
