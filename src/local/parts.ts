import type { IncomingMessage, ServerResponse } from "node:http";
import type { Duplex } from "node:stream";

/** What the gateway and the platform need of the realtime server. */
export interface RealtimePart {
  start(): Promise<void>;
  stop(): Promise<void>;
  upgrade(request: IncomingMessage, socket: Duplex, head: Buffer): void;
}

/** What the gateway needs of the functions runtime. */
export interface FunctionsPart {
  serve(request: IncomingMessage, response: ServerResponse, slug: string): Promise<void>;
  /** Null when there is no such function. */
  verifyJwt(slug: string): boolean | null;
}

/** Refuses every connection. */
export const closedRealtime: RealtimePart = {
  start: async () => {},
  stop: async () => {},
  upgrade: (_request, socket) => {
    socket.end("HTTP/1.1 503 Service Unavailable\r\nconnection: close\r\ncontent-length: 0\r\n\r\n");
  },
};
