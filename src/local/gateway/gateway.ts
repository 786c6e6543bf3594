import { randomUUID } from "node:crypto";
import type { IncomingMessage, Server, ServerResponse } from "node:http";
import type { Duplex } from "node:stream";
import type { FunctionsRuntime } from "../functions/runtime.ts";
import { sendReply, serveHandler, splitTarget } from "../http/handler-server.ts";
import type { HttpHandler, HttpReply } from "../http/message.ts";
import type { Identity, LogLine, TokenVerifier } from "../identity.ts";
import type { Realtime } from "../realtime/realtime.ts";
import { type ApiKeyCheck, createApiKeyCheck, isReply, readBearer } from "./api-key.ts";
import { corsHeaders, isPreflight, preflightReply } from "./cors.ts";
import type { Upstream } from "./proxy.ts";

interface GatewayDeps {
  readonly identity: Identity;
  readonly verify: TokenVerifier;
  readonly rest: Upstream;
  readonly auth: HttpHandler;
  readonly realtime: Pick<Realtime, "upgrade" | "handle">;
  readonly functions: Pick<FunctionsRuntime, "serve" | "verifyJwt">;
  /** Part → whether it serves. */
  readonly readHealth: () => Readonly<Record<string, boolean>>;
  readonly log: LogLine;
}

const megabyte = 1024 * 1024;
const longestAgent = 200;
const maxRestBytes = 64 * megabyte;
const maxAuthBytes = megabyte;
const maxBroadcastBytes = 3 * megabyte;

/** What a link or a token verifier opens without a key. */
const openPaths = new Set(
  [".well-known/jwks.json", ".well-known/openid-configuration", "verify", "callback", "authorize"].map(
    (path) => `/auth/v1/${path}`,
  ),
);

interface Exchange {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  readonly path: string;
  readonly query: URLSearchParams;
}

/** What supabase-js talks to: one origin, paths and refusals as on hosted. Answers on a server that already listens. */
export function serveGateway(server: Server, deps: GatewayDeps): void {
  const keys = createApiKeyCheck(deps.identity);
  server.on("request", (request, response) => {
    const exchange = { request, response, ...splitTarget(request.url ?? "/") };
    follow(exchange, deps.log);
    route(exchange, deps, keys).catch((error: unknown) => {
      deps.log("error", "the request failed", { path: exchange.path, error: String(error) });
      sendReply(response, { status: 500, headers: corsHeaders, body: { message: "Internal server error" } });
    });
  });
  server.on("upgrade", (request, socket, head) => upgrade(request, socket, head, deps, keys));
}

async function route(exchange: Exchange, deps: GatewayDeps, keys: ApiKeyCheck): Promise<void> {
  const { request, response, path } = exchange;
  if (path.startsWith("/functions/v1/")) return serveFunction(exchange, deps);
  if (isPreflight(request)) return sendReply(response, preflightReply(request));
  for (const [name, value] of Object.entries(corsHeaders)) response.setHeader(name, value);
  if (path === "/rest/v1" || path.startsWith("/rest/v1/")) return serveRest(exchange, deps, keys);
  if (path.startsWith("/auth/v1/")) {
    return servePart(exchange, keys, { prefix: "/auth/v1", handler: deps.auth, maxBytes: maxAuthBytes });
  }
  if (path.startsWith("/realtime/v1/api/")) {
    return servePart(exchange, keys, {
      prefix: "/realtime/v1",
      handler: deps.realtime.handle,
      maxBytes: maxBroadcastBytes,
    });
  }
  if (path === "/health") return sendReply(response, renderHealth(deps.readHealth()));
  sendReply(response, noRoute);
}

async function serveRest(
  { request, response, path, query }: Exchange,
  deps: GatewayDeps,
  keys: ApiKeyCheck,
): Promise<void> {
  const key = keys.check(request, query);
  if (isReply(key)) return sendReply(response, key);
  const search = withoutKey(request.url ?? "", query);
  await deps.rest.forward(request, response, {
    path: `${path.slice("/rest/v1".length) || "/"}${search}`,
    headers: {
      apikey: undefined,
      authorization: keys.resolveAuthorization(request.headers.authorization) ?? `Bearer ${key.jwt}`,
    },
    maxBytes: maxRestBytes,
  });
}

/** A part that answers with values: auth, and realtime's broadcasts over HTTP. */
async function servePart(
  { request, response, path, query }: Exchange,
  keys: ApiKeyCheck,
  part: { readonly prefix: string; readonly handler: HttpHandler; readonly maxBytes: number },
): Promise<void> {
  const below = path.slice(part.prefix.length);
  const key = openPaths.has(path) ? null : keys.check(request, query);
  if (key != null && isReply(key)) return sendReply(response, key);
  const authorization = keys.resolveAuthorization(request.headers.authorization);
  await serveHandler(request, response, {
    handler: part.handler,
    path: below,
    query,
    headers: authorization == null ? {} : { authorization },
    maxBytes: part.maxBytes,
  });
}

/** As on hosted, `verify_jwt` lets every valid token of the project through, its public keys too: no check of who calls. */
async function serveFunction({ request, response, path }: Exchange, deps: GatewayDeps): Promise<void> {
  const slug = path.split("/")[3] ?? "";
  if (request.method !== "OPTIONS" && deps.functions.verifyJwt(slug) === true) {
    const { authorization, apikey } = request.headers;
    // Keys count in either header (docs: Edge Functions, auth headers); a bad token is not saved by a good key.
    const token = authorization == null && typeof apikey === "string" ? apikey : readBearer(authorization);
    const refusal = authorization == null && apikey == null ? "Missing authorization header" : "Invalid JWT";
    if (token == null || (await deps.verify(token)) == null) {
      return sendReply(response, {
        status: 401,
        headers: corsHeaders,
        body: { code: 401, message: refusal },
      });
    }
  }
  await deps.functions.serve(request, response, slug);
}

function upgrade(
  request: IncomingMessage,
  socket: Duplex,
  head: Buffer,
  deps: GatewayDeps,
  keys: ApiKeyCheck,
): void {
  socket.on("error", () => socket.destroy());
  const { path, query } = splitTarget(request.url ?? "/");
  if (path !== "/realtime/v1/websocket") refuseUpgrade(socket, 404, "Not Found");
  else if (isReply(keys.check(request, query))) refuseUpgrade(socket, 401, "Unauthorized");
  else deps.realtime.upgrade(request, socket, head);
}

function refuseUpgrade(socket: Duplex, status: number, reason: string): void {
  socket.end(`HTTP/1.1 ${status} ${reason}\r\nconnection: close\r\ncontent-length: 0\r\n\r\n`);
}

/** Gives the request its id, and the log its line when the answer is out. */
function follow({ request, response, path }: Exchange, log: LogLine): void {
  const given = request.headers["x-request-id"];
  const id = typeof given === "string" && /^[\w.-]{1,128}$/.test(given) ? given : randomUUID();
  request.headers["x-request-id"] = id;
  response.setHeader("x-request-id", id);
  const begun = performance.now();
  request.on("error", () => {});
  response.on("error", () => {});
  response.once("close", () => {
    const aborted = response.writableFinished ? {} : { aborted: true };
    const ms = Math.round((performance.now() - begun) * 10) / 10;
    const agent = request.headers["user-agent"];
    log("info", `${request.method} ${path}`, {
      status: response.statusCode,
      ms,
      request_id: id,
      ...(agent == null ? {} : { user_agent: agent.slice(0, longestAgent) }),
      ...aborted,
    });
  });
}

/** PostgREST reads every query parameter as a filter, so the key must not reach it. */
function withoutKey(target: string, query: URLSearchParams): string {
  const mark = target.indexOf("?");
  if (mark < 0) return "";
  if (!query.has("apikey")) return target.slice(mark);
  query.delete("apikey");
  return query.size === 0 ? "" : `?${query}`;
}

function renderHealth(parts: Readonly<Record<string, boolean>>): HttpReply {
  return { status: Object.values(parts).every(Boolean) ? 200 : 503, body: { parts } };
}

const noRoute: HttpReply = { status: 404, body: { message: "no Route matched with those values" } };
