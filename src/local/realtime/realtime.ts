import type { IncomingMessage } from "node:http";
import type { Duplex } from "node:stream";
import type { Pool } from "pg";
import { WebSocketServer } from "ws";
import type { HttpHandler } from "../http/message.ts";
import type { LogLine, TokenVerifier } from "../identity.ts";
import { createBroadcastEndpoint } from "./broadcast-http.ts";
import { RoleCheck } from "./caller.ts";
import { ChangeFeed } from "./change-feed.ts";
import { Connection } from "./connection.ts";
import type { Vsn } from "./frame.ts";
import type { Hub } from "./hub.ts";
import { Replication } from "./replication.ts";
import { Subscriptions } from "./subscriptions.ts";
import { Topics } from "./topics.ts";

interface RealtimeDeps {
  /** As a superuser: the replication connection. */
  readonly dbUrl: string;
  /** As the same superuser, who may become the roles of the API. */
  readonly pool: Pool;
  readonly verify: TokenVerifier;
  readonly log: LogLine;
  readonly maxConnections?: number;
}

export interface Realtime {
  /** Resolves when changes flow; again after a stop, as for a database put in place of another. */
  start(): Promise<void>;
  /** Disconnects every client. */
  stop(): Promise<void>;
  /** Takes over a websocket request; answers with an HTTP error itself when it refuses. */
  upgrade(request: IncomingMessage, socket: Duplex, head: Buffer): void;
  /** POST /api/broadcast, below /realtime/v1: broadcasts from outside a channel. */
  readonly handle: HttpHandler;
}

const defaultMaxConnections = 1000;
const maxFrame = 3 * 1024 * 1024;
/** Clients send a heartbeat every 25 s. */
const silenceMs = 75_000;
const goingAway = 1001;

/**
 * The realtime server of the local platform: Phoenix channels with postgres_changes under row level security, broadcast
 * and presence, as supabase-js uses them. Private channels are refused.
 */
export function createRealtime(deps: RealtimeDeps): Realtime {
  const { pool, verify, log, maxConnections = defaultMaxConnections } = deps;
  const subscriptions = new Subscriptions();
  const connections = new Set<Connection>();
  const server = new WebSocketServer({ noServer: true, maxPayload: maxFrame, perMessageDeflate: false });
  const reader = new ChangeFeed({ pool, subscriptions, log });
  const openReplication = () =>
    new Replication({
      dbUrl: deps.dbUrl,
      pool,
      reader,
      log,
      onChange: (live) => {
        for (const connection of connections) connection.noticeDatabase(live);
      },
    });
  let replication: Replication | null = null;
  let lastId = 0;
  const hub: Hub = {
    pool,
    verify,
    roles: new RoleCheck(pool),
    subscriptions,
    topics: new Topics(),
    log,
    isLive: () => replication?.isLive === true,
    nextId: () => ++lastId,
  };
  let sweeping: NodeJS.Timeout | undefined;

  async function open(request: IncomingMessage, socket: Duplex, head: Buffer): Promise<void> {
    const query = new URL(request.url ?? "/", "http://localhost").searchParams;
    const vsn = query.get("vsn") ?? "1.0.0";
    const apiKey = query.get("apikey") ?? readHeader(request, "apikey");
    if (!isVsn(vsn)) return refuse(socket, 400, "Bad Request");
    if (connections.size >= maxConnections) return refuse(socket, 429, "Too Many Requests");
    if (apiKey === null || (await verify(apiKey)) === null) return refuse(socket, 401, "Unauthorized");
    if (replication === null) return refuse(socket, 503, "Service Unavailable");
    server.handleUpgrade(request, socket, head, (websocket) => {
      const connection = new Connection(hub, websocket, vsn, apiKey);
      connections.add(connection);
      websocket.once("close", () => connections.delete(connection));
    });
  }

  function sweep(): void {
    const limit = performance.now() - silenceMs;
    for (const connection of connections) if (connection.lastHeard < limit) connection.terminate();
  }

  return {
    async start() {
      if (replication !== null) return;
      sweeping = setInterval(sweep, silenceMs / 3).unref();
      replication = openReplication();
      await replication.start();
    },
    async stop() {
      const ending = replication;
      replication = null;
      clearInterval(sweeping);
      sweeping = undefined;
      for (const connection of connections) connection.close(goingAway, "the server stops");
      await ending?.stop();
      for (const connection of connections) connection.terminate();
    },
    upgrade(request, socket, head) {
      socket.on("error", () => socket.destroy());
      open(request, socket, head).catch((error: unknown) => {
        log("error", "a websocket could not be opened", { error: String(error) });
        socket.destroy();
      });
    },
    handle: createBroadcastEndpoint(hub),
  };
}

function isVsn(text: string): text is Vsn {
  return text === "1.0.0" || text === "2.0.0";
}

function readHeader(request: IncomingMessage, name: string): string | null {
  const value = request.headers[name];
  return typeof value === "string" ? value : null;
}

function refuse(socket: Duplex, status: number, reason: string): void {
  socket.end(`HTTP/1.1 ${status} ${reason}\r\nconnection: close\r\ncontent-length: 0\r\n\r\n`);
}
