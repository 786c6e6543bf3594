import { backoffMs } from "../../../src/core/notifications/backoff.ts";
import type { FcmRequestBody } from "../../../src/core/notifications/fcm-message.ts";
import { type FcmReply, judgeFcmReply } from "../../../src/core/notifications/fcm-reply.ts";
import { readLimited } from "../_shared/read-limited.ts";
import type { GoogleTokens } from "./google-token.ts";
import type { FcmAccess } from "./service-account.ts";

/** `lost`: the request went out and no answer came, so the message may have arrived. */
export type SendResult = FcmReply | { readonly kind: "lost"; readonly detail: string };

interface FcmDeps {
  readonly access: FcmAccess;
  readonly tokens: GoogleTokens;
  readonly fetch: typeof fetch;
  readonly nowMs: () => number;
  readonly random: () => number;
}

export interface Fcm {
  /** Makes sure that there is a token to send with. Refuses with 503; better before anything is claimed. */
  prepare(deadline: AbortSignal): Promise<void>;
  /** Sends to one device; tries again while FCM asks for that and `until` (ms) allows. */
  send(body: FcmRequestBody, until: number, deadline: AbortSignal): Promise<SendResult>;
}

const timeoutMs = 10_000;
const maxAttempts = 5;
const foreignToken = "403 SENDER_ID_MISMATCH";

/** Source: firebase.google.com/docs/cloud-messaging/send/v1-api */
export function createFcm({ access, tokens, fetch, nowMs, random }: FcmDeps): Fcm {
  const url = `${access.endpoint}/v1/projects/${access.account.projectId}/messages:send`;

  const attempt = async (body: FcmRequestBody, deadline: AbortSignal): Promise<SendResult> => {
    const token = await tokens.get(deadline).catch(() => null);
    if (token === null) return { kind: "credentials", detail: "no access token" };
    try {
      const response = await fetch(url, {
        method: "POST",
        headers: { authorization: `Bearer ${token}`, "content-type": "application/json" },
        // A stream can be read once: the runtime cannot quietly send it again when a connection breaks.
        body: new Blob([JSON.stringify(body)]).stream(),
        redirect: "error",
        signal: AbortSignal.any([deadline, AbortSignal.timeout(timeoutMs)]),
      });
      const text = await readLimited(response, 65_536);
      const reply = judgeFcmReply(response.status, text, response.headers.get("retry-after"), nowMs());
      // Any user can register a device of somebody else's Firebase project; that must not stop the run for all.
      if (reply.kind === "credentials" && reply.detail === foreignToken) {
        return { kind: "token-dead", detail: foreignToken };
      }
      if (reply.kind === "credentials") tokens.forget();
      return reply;
    } catch (error) {
      return neverLeft(error)
        ? { kind: "retry", detail: "no connection" }
        : { kind: "lost", detail: "no answer" };
    }
  };

  return {
    async prepare(deadline) {
      await tokens.get(deadline);
    },

    async send(body, until, deadline) {
      for (let tries = 0; ; tries++) {
        const result = await attempt(body, deadline);
        if (result.kind !== "retry" || tries + 1 >= maxAttempts) return result;
        const waitMs = Math.max(result.afterMs ?? 0, backoffMs(tries, random()));
        if (nowMs() + waitMs + timeoutMs > until || deadline.aborted) return result;
        await new Promise((resolve) => setTimeout(resolve, waitMs));
      }
    },
  };
}

/** Whether the connection was never made: then nothing can have arrived. Deno says so in texts alone. */
function neverLeft(error: unknown): boolean {
  if (!(error instanceof TypeError)) return false;
  const cause = error.cause instanceof Error ? error.cause.message : "";
  return /\(Connect\)/.test(`${error.message} ${cause}`);
}
