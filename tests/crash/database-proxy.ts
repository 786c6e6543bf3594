import { connect, createServer, type Socket } from "node:net";
import { listen } from "./listen.ts";

/** `late`: the message arrived, its reply did not. `timeout`: nothing goes through any more, in either direction. */
export const databaseFaults = ["reset", "reset late", "timeout", "timeout late", "gone"] as const;
export type DatabaseFault = (typeof databaseFaults)[number];

export interface DatabaseProxy {
  readonly port: number;
  /** Messages of the client since `arm`. */
  count(): number;
  arm(fault?: { readonly n: number; readonly fault: DatabaseFault }): void;
  close(): Promise<void>;
}

/** Stands before Postgres. What a client sends at once is a message. */
export async function startDatabaseProxy(port: number): Promise<DatabaseProxy> {
  let armed: { readonly n: number; readonly fault: DatabaseFault } | undefined;
  let count = 0;
  const sockets = new Set<Socket>();
  const server = createServer((client) => {
    const upstream = connect(port, "127.0.0.1");
    let silent = false;
    let lastReply = false;
    const end = (): void => {
      client.resetAndDestroy();
      upstream.destroy();
    };
    for (const socket of [client, upstream]) {
      sockets.add(socket);
      socket.setNoDelay(true);
      socket.on("error", () => undefined);
      socket.on("close", () => {
        sockets.delete(socket);
        client.destroy();
        upstream.destroy();
      });
    }
    client.on("data", (chunk) => {
      count += 1;
      const struck = armed?.n === count || (armed?.fault === "gone" && count > armed.n);
      const fault = struck ? armed?.fault : null;
      if (fault === "reset" || fault === "gone") return end();
      if (fault === "timeout") silent = true;
      if (silent) return;
      upstream.write(chunk);
      if (fault === "timeout late") silent = true;
      if (fault === "reset late") lastReply = true;
    });
    upstream.on("data", (chunk) => {
      if (lastReply) end();
      else if (!silent) client.write(chunk);
    });
  });
  return {
    port: await listen(server),
    count: () => count,
    arm(fault) {
      armed = fault;
      count = 0;
    },
    close: async () => {
      for (const socket of sockets) socket.destroy();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
