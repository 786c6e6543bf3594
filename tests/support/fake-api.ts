import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { Secret } from "../../src/core/secret.ts";
import type { Clock } from "../../src/supabase/clock.ts";
import { createManagementApi, type ManagementApi } from "../../src/supabase/management-api.ts";

export interface FakeRequest {
  /** `METHOD /path?query`. */
  readonly line: string;
  readonly body: string;
}

/** The reply, or `drop` to close the connection without one. */
export type FakeReply = { readonly status: number; readonly json?: unknown } | "drop";

export interface FakeApi {
  readonly url: string;
  readonly api: ManagementApi;
  readonly clock: Clock;
  readonly seen: FakeRequest[];
  close(): void;
}

/** A server whose replies `answer` decides, for what a real platform does too seldom to be tested with. */
export async function startFakeApi(answer: (request: FakeRequest) => FakeReply): Promise<FakeApi> {
  const seen: FakeRequest[] = [];
  const server: Server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on("data", (chunk: Buffer) => chunks.push(chunk));
    request.on("end", () => {
      const asked = {
        line: `${request.method} ${request.url}`,
        body: Buffer.concat(chunks).toString("latin1"),
      };
      seen.push(asked);
      const reply = answer(asked);
      if (reply === "drop") {
        request.socket.destroy();
        return;
      }
      response.writeHead(reply.status, { "content-type": "application/json" });
      response.end(reply.json === undefined ? undefined : JSON.stringify(reply.json));
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  let now = Date.parse("2026-01-01T00:00:00Z");
  const clock: Clock = {
    now: () => now,
    random: () => 0.5,
    sleep: async (ms) => {
      now += ms;
    },
  };
  const accessToken = new Secret("sbp_0123456789abcdef0123456789abcdef01234567");
  const api = createManagementApi({ baseUrl: url, accessToken, userAgent: "bee/test", clock });
  return {
    url,
    api,
    clock,
    seen,
    close() {
      api.close();
      server.closeAllConnections();
      server.close();
    },
  };
}
