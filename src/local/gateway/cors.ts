import type { IncomingMessage } from "node:http";
import type { HttpReply } from "../http/message.ts";

/** Any origin may ask: what protects the data is the key and the token, which no browser adds by itself. */
export const corsHeaders = {
  "access-control-allow-origin": "*",
  "access-control-expose-headers":
    "Content-Encoding, Content-Location, Content-Range, Content-Type, Date, Location, Range-Unit, Server, Transfer-Encoding, X-Request-Id",
} as const;

/** A browser's question before the request itself (Fetch standard, CORS-preflight). */
export function isPreflight(request: IncomingMessage): boolean {
  return request.method === "OPTIONS" && request.headers["access-control-request-method"] != null;
}

export function preflightReply(request: IncomingMessage): HttpReply {
  return {
    status: 200,
    headers: {
      "access-control-allow-origin": "*",
      "access-control-allow-methods": "GET,HEAD,PUT,PATCH,POST,DELETE,OPTIONS",
      "access-control-allow-headers": String(request.headers["access-control-request-headers"] ?? "*"),
      "access-control-max-age": "3600",
      "content-length": "0",
    },
  };
}
