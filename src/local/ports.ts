import { once } from "node:events";
import { type AddressInfo, createServer } from "node:net";

/** A port of 127.0.0.1 that was free a moment ago. `preferred` if that one is. */
export async function freePort(preferred?: number): Promise<number> {
  if (preferred != null && (await tryPort(preferred)) != null) return preferred;
  const port = await tryPort(0);
  if (port == null) throw new Error("no free port on 127.0.0.1");
  return port;
}

async function tryPort(port: number): Promise<number | null> {
  const server = createServer();
  try {
    server.listen(port, "127.0.0.1");
    await once(server, "listening");
    return (server.address() as AddressInfo).port;
  } catch {
    return null;
  } finally {
    server.close();
  }
}
