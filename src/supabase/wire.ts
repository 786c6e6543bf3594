import { request as httpRequest, type IncomingHttpHeaders } from "node:http";
import { request as httpsRequest } from "node:https";
import { isIP, isIPv4 } from "node:net";
import { type ConnectionOptions, type TLSSocket, connect as tlsConnect } from "node:tls";
import { BeeError } from "../core/bee-error.ts";
import { exitCodes } from "../core/exit-code.ts";
import type { Wire } from "../ports/wire.ts";

interface WireOptions {
  /** The project's public URL. */
  readonly url: string;
  readonly timeoutMs?: number;
  /** Where http:// is asked; the host's port 80 unless a test says otherwise. */
  readonly plainPort?: number;
}

interface Answer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
}

const oldProtocols = ["TLSv1.1", "TLSv1"] as const;

/** Handshakes and single requests; nothing is sent with a key. */
export function createWire({ url, timeoutMs = 5_000, plainPort = 80 }: WireOptions): Wire {
  const base = new URL(url);
  const host = base.hostname.replace(/^\[|\]$/g, "");
  const isLoopback = host === "localhost" || host === "::1" || (isIPv4(host) && host.startsWith("127."));

  const late = (): Error => new Error(`no answer within ${timeoutMs / 1000} s`);

  function handshake<T>(options: ConnectionOptions, read: (socket: TLSSocket) => T): Promise<T> {
    return new Promise((resolve, reject) => {
      const port = Number(base.port || 443);
      const servername = isIP(host) > 0 ? {} : { servername: host };
      // Trust is judged by the gate, so that an expired certificate still shows its date.
      const socket = tlsConnect({ host, port, ...servername, rejectUnauthorized: false, ...options });
      socket.setTimeout(timeoutMs, () => socket.destroy(late()));
      socket.once("error", reject);
      socket.once("secureConnect", () => {
        const value = read(socket);
        socket.destroy();
        resolve(value);
      });
    });
  }

  async function readOldProtocol(): Promise<string | null> {
    for (const protocol of oldProtocols) {
      // Level 0, or OpenSSL refuses to offer it and the server is never asked.
      const only = { minVersion: protocol, maxVersion: protocol, ciphers: "DEFAULT@SECLEVEL=0" } as const;
      const taken = await handshake(only, (socket) => socket.getProtocol()).catch(() => null);
      if (taken != null) return taken;
    }
    return null;
  }

  /** Whatever the certificate: whether it is trusted is judged apart. */
  function ask(target: URL): Promise<Answer> {
    return new Promise((resolve, reject) => {
      const tls = target.protocol === "https:";
      const options = { method: "HEAD", agent: false, timeout: timeoutMs } as const;
      const asked = tls
        ? httpsRequest(target, { ...options, rejectUnauthorized: false })
        : httpRequest(target, options);
      asked.once("timeout", () => asked.destroy(late()));
      asked.once("error", reject);
      asked.once("response", ({ statusCode = 0, headers }) => {
        asked.destroy();
        resolve({ status: statusCode, headers });
      });
      asked.end();
    });
  }

  return {
    address: { url: base.origin, isLoopback },
    async readTls() {
      try {
        const [seen, oldProtocol] = await Promise.all([
          handshake({}, (socket) => ({
            protocol: socket.getProtocol() ?? "unknown",
            untrusted: socket.authorized ? null : describeDistrust(socket.authorizationError),
            validTo: new Date(socket.getPeerCertificate().valid_to).toISOString(),
          })),
          readOldProtocol(),
        ]);
        return { ...seen, oldProtocol };
      } catch (error) {
        throw noHandshake(base.host, error);
      }
    },
    async readPlain() {
      try {
        const { status, headers } = await ask(new URL(`http://${base.hostname}:${plainPort}/`));
        return { status, location: headers.location ?? null };
      } catch (error) {
        // Nobody there to ask in the clear is as good as a refusal; silence is neither.
        if (isRefused(error)) return { status: null, location: null };
        throw noHandshake(`${base.hostname}:${plainPort}`, error);
      }
    },
    async readHsts() {
      try {
        return (await ask(new URL("/auth/v1/health", base))).headers["strict-transport-security"] ?? null;
      } catch (error) {
        throw noHandshake(base.host, error);
      }
    },
  };
}

function describeDistrust(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

function isRefused(error: unknown): boolean {
  const code = error instanceof Error && "code" in error ? error.code : null;
  return code === "ECONNREFUSED" || code === "ECONNRESET";
}

function noHandshake(where: string, cause: unknown): BeeError {
  return new BeeError({
    code: "BEE-E212",
    message: `${where} does not answer: ${cause instanceof Error ? cause.message : String(cause)}`,
    hint: "Check that the project's public URL is reachable from here.",
    exit: exitCodes.inconclusive,
    cause,
  });
}
