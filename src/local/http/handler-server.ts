import type { IncomingMessage, ServerResponse } from "node:http";
import type { HttpHandler, HttpReply } from "./message.ts";

/** Path and query of a request target, without trusting its form. */
export function splitTarget(target: string): { readonly path: string; readonly query: URLSearchParams } {
  const mark = target.indexOf("?");
  return mark < 0
    ? { path: target, query: new URLSearchParams() }
    : { path: target.slice(0, mark), query: new URLSearchParams(target.slice(mark + 1)) };
}

/** Lower-case names; repeated headers joined by ", ". */
function readHeaders(request: IncomingMessage): Record<string, string> {
  const headers: Record<string, string> = {};
  for (const [name, value] of Object.entries(request.headers)) {
    if (value != null) headers[name] = Array.isArray(value) ? value.join(", ") : value;
  }
  return headers;
}

/** The whole body, or null when it is longer than `maxBytes` (the rest is thrown away). Rejects when the client goes away. */
function readBody(request: IncomingMessage, maxBytes: number): Promise<Buffer | null> {
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    let size = 0;
    const refuse = () => {
      request.removeAllListeners("data");
      request.resume();
      resolve(null);
    };
    request.on("error", reject);
    request.on("close", () => reject(new Error("the client went away")));
    request.on("end", () => resolve(Buffer.concat(chunks, size)));
    if (Number(request.headers["content-length"] ?? 0) > maxBytes) return refuse();
    request.on("data", (chunk: Buffer) => {
      size += chunk.length;
      if (size > maxBytes) refuse();
      else chunks.push(chunk);
    });
  });
}

/** Sends a reply as a value; when the client is gone, there is nobody to tell. */
export function sendReply(response: ServerResponse, reply: HttpReply): void {
  if (response.destroyed || response.headersSent) return;
  const { body } = reply;
  const bytes = body === undefined ? null : Buffer.isBuffer(body) ? body : Buffer.from(JSON.stringify(body));
  const json = body !== undefined && !Buffer.isBuffer(body);
  response.writeHead(reply.status, {
    ...(json ? { "content-type": "application/json; charset=utf-8" } : {}),
    ...(bytes == null ? {} : { "content-length": String(bytes.length) }),
    ...reply.headers,
  });
  response.end(bytes ?? undefined);
}

interface ServeOptions {
  readonly handler: HttpHandler;
  /** Path below the part's prefix. */
  readonly path: string;
  readonly query: URLSearchParams;
  /** Replaces headers of the request. */
  readonly headers?: Readonly<Record<string, string>>;
  readonly maxBytes: number;
}

/** Lets a handler of values answer one request of node:http. Never throws. */
export async function serveHandler(
  request: IncomingMessage,
  response: ServerResponse,
  { handler, path, query, headers, maxBytes }: ServeOptions,
): Promise<void> {
  try {
    const body = await readBody(request, maxBytes);
    if (body == null) {
      sendReply(response, {
        status: 413,
        headers: { connection: "close" },
        body: { message: "Request body too large" },
      });
      return;
    }
    const method = request.method ?? "GET";
    sendReply(
      response,
      await handler({ method, path, query, headers: { ...readHeaders(request), ...headers }, body }),
    );
  } catch {
    if (!request.destroyed || !response.destroyed)
      sendReply(response, { status: 500, body: { message: "Internal server error" } });
  }
}
