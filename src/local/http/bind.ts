import { once } from "node:events";
import { createServer, type Server } from "node:http";
import type { Socket } from "node:net";
import { freePort } from "../ports.ts";

export interface BoundServer {
  readonly server: Server;
  readonly port: number;
  readonly url: string;
  close(): Promise<void>;
}

const attempts = 5;

/** A server on 127.0.0.1 only, on `preferred` or any free port. Nothing answers until a listener is added. */
export async function bindServer(preferred?: number): Promise<BoundServer> {
  const server = createServer();
  // Clients keep connections open between calls; closing first would race with their next one.
  server.keepAliveTimeout = 65_000;
  const sockets = new Set<Socket>();
  server.on("connection", (socket) => {
    sockets.add(socket);
    socket.once("close", () => sockets.delete(socket));
  });
  for (let attempt = 1; ; attempt++) {
    const port = await freePort(attempt === 1 ? preferred : undefined);
    try {
      server.listen(port, "127.0.0.1");
      await once(server, "listening");
      return { server, port, url: `http://127.0.0.1:${port}`, close: () => closeServer(server, sockets) };
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== "EADDRINUSE" || attempt === attempts) throw error;
    }
  }
}

/** Ends websockets too, which closeAllConnections leaves open and `close` would wait for. */
async function closeServer(server: Server, sockets: ReadonlySet<Socket>): Promise<void> {
  if (!server.listening) return;
  const closed = once(server, "close");
  server.close();
  for (const socket of sockets) socket.destroy();
  await closed;
}
