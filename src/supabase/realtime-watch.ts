import { RealtimeClient } from "@supabase/supabase-js";
import { BeeError } from "../core/bee-error.ts";
import { exitCodes } from "../core/exit-code.ts";
import type { AppWatch } from "../ports/app-gateway.ts";
import { createChangeQueue } from "./change-queue.ts";

interface WatchOptions {
  readonly url: string;
  readonly apiKey: string;
  readonly token: string;
  /** A table of schema public. */
  readonly table: string;
  readonly timeoutMs?: number;
}

type Transport = NonNullable<NonNullable<ConstructorParameters<typeof RealtimeClient>[1]>["transport"]>;

/**
 * Changes of a table through the client library's own realtime, as the app gets them. Resolves when the server
 * streams: joining the channel is not enough, hosted projects say so in a `system` message later.
 */
export async function watchTable(options: WatchOptions): Promise<AppWatch> {
  const { url, apiKey, token, table, timeoutMs = 15_000 } = options;
  const transport = await nodeTransport();
  const client = new RealtimeClient(`${url.replace(/^http/, "ws")}/realtime/v1`, {
    params: { apikey: apiKey },
    ...(transport == null ? {} : { transport }),
  });
  await client.setAuth(token);
  const queue = createChangeQueue();
  const close = async (): Promise<void> => {
    queue.end();
    await client.removeAllChannels();
    client.disconnect();
  };
  try {
    await new Promise<void>((resolve, reject) => {
      const timer = setTimeout(
        () => reject(notStreaming(table, `nothing after ${timeoutMs / 1_000} s`)),
        timeoutMs,
      );
      const settle = (why: string | null): void => {
        clearTimeout(timer);
        if (why == null) resolve();
        else reject(notStreaming(table, why));
      };
      client
        .channel(`bee-${table}`)
        .on("postgres_changes", { event: "*", schema: "public", table }, (payload) => {
          const record = payload.eventType === "DELETE" ? payload.old : payload.new;
          queue.push({ table, type: payload.eventType, record });
        })
        .on("system", {}, (payload: { extension?: string; status?: string; message?: string }) => {
          if (payload.extension !== "postgres_changes") return;
          settle(payload.status === "ok" ? null : (payload.message ?? "refused"));
        })
        .subscribe((status, error) => {
          if (status !== "SUBSCRIBED") settle(error?.message ?? status);
        });
    });
  } catch (error) {
    await close();
    throw error;
  }
  return { next: queue.next, close };
}

/** Node 20 has no WebSocket of its own. */
async function nodeTransport(): Promise<Transport | null> {
  if ("WebSocket" in globalThis) return null;
  const { WebSocket } = await import("ws");
  return WebSocket as unknown as Transport;
}

function notStreaming(table: string, why: string): BeeError {
  return new BeeError({
    code: "BEE-E212",
    message: `Realtime does not stream changes of ${table}: ${why}`,
    hint: `Check that ${table} is in the publication supabase_realtime and that its policies let the user read it.`,
    exit: exitCodes.inconclusive,
  });
}
