import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import { sha256 } from "./digest.ts";
import { listen } from "./listen.ts";

/**
 * What can happen to one request. `late`: it was carried out, then the reply was lost. `false success`: the reply says
 * it was carried out. `gone`: from here on nobody answers.
 */
export const apiFaults = [
  "429",
  "502",
  "502 late",
  "reset",
  "reset late",
  "timeout",
  "false success",
  "gone",
] as const;
export type ApiFault = (typeof apiFaults)[number];

export interface ApiProxy {
  readonly url: string;
  /** `METHOD /path` of what came by since `arm`, in order. */
  readonly seen: readonly string[];
  /** Forgets what came by; the `n`-th request from now on (1-based) meets the fault. */
  arm(fault?: { readonly n: number; readonly fault: ApiFault }): void;
  close(): Promise<void>;
}

/** Stands before the Management API. */
export async function startApiProxy(target: string): Promise<ApiProxy> {
  let armed: { readonly n: number; readonly fault: ApiFault } | undefined;
  const seen: string[] = [];
  const server = createServer((request, response) => {
    const n = seen.push(`${request.method} ${request.url?.split("?")[0]}`);
    const struck = armed?.n === n || (armed?.fault === "gone" && n > armed.n);
    answer(target, request, response, struck ? (armed?.fault ?? null) : null).catch(() => request.destroy());
  });
  const url = `http://127.0.0.1:${await listen(server)}`;
  return {
    url,
    seen,
    arm(fault) {
      armed = fault;
      seen.length = 0;
    },
    close: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

async function answer(
  target: string,
  request: IncomingMessage,
  response: ServerResponse,
  fault: ApiFault | null,
): Promise<void> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  const body = Buffer.concat(chunks);
  const send = (status: number, headers: Record<string, string>, text: string): void => {
    response.writeHead(status, { "content-type": "application/json", ...headers }).end(text);
  };
  if (fault === "429") return send(429, { "retry-after": "1" }, '{"message":"Too Many Requests"}');
  if (fault === "502") return send(502, { "content-type": "text/html" }, "<h1>502 Bad Gateway</h1>");
  if (fault === "reset" || fault === "gone") return void request.socket.resetAndDestroy();
  if (fault === "timeout") return;
  if (fault === "false success") return send(200, {}, JSON.stringify(pretend(request, body)));
  const { host: _host, connection: _connection, ...headers } = request.headers as Record<string, string>;
  const reply = await fetch(target + request.url, {
    method: request.method ?? "GET",
    headers,
    ...(body.length === 0 ? {} : { body }),
  });
  const text = await reply.text();
  if (fault === "reset late") return void request.socket.resetAndDestroy();
  if (fault === "502 late") return send(502, {}, "");
  const limits = [...reply.headers].filter(([name]) => /^(x-ratelimit|retry-after|content-type)/.test(name));
  send(reply.status, Object.fromEntries(limits), text);
}

/** A reply as the API would give it for a request that it did not carry out. */
function pretend(request: IncomingMessage, body: Buffer): unknown {
  const { pathname, searchParams } = new URL(request.url ?? "", "http://api");
  if (pathname.endsWith("/restore-point")) {
    const { name } = JSON.parse(body.toString()) as { name: string };
    return { name, status: "AVAILABLE", completed_on: new Date().toISOString() };
  }
  if (pathname.endsWith("/functions/deploy")) {
    const slug = searchParams.get("slug");
    return { id: slug, slug, name: slug, status: "ACTIVE", version: 1, ezbr_sha256: sha256(body) };
  }
  return request.method === "PUT" ? { functions: [] } : {};
}
