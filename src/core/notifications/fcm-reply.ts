/** What FCM's answer means for the run. */
export type FcmReply =
  /** Accepted by FCM, which is not yet delivered. `messageId` is projects/…/messages/… */
  | { readonly kind: "sent"; readonly messageId: string }
  /** The app is gone from the device: the token is to be deactivated. */
  | { readonly kind: "token-dead"; readonly detail: string }
  /** Our request is wrong; the same again would fail again. */
  | { readonly kind: "bug"; readonly detail: string }
  /** No message of this run can be sent with these credentials. */
  | { readonly kind: "credentials"; readonly detail: string }
  /** Worth another try, not before `afterMs` when FCM said so. */
  | { readonly kind: "retry"; readonly detail: string; readonly afterMs?: number };

/**
 * Judges an answer of `messages:send`.
 * `body` is the text as received; `retryAfter` the header (seconds or an HTTP date, the latter needs `nowMs`).
 * Source: firebase.google.com/docs/reference/fcm/rest/v1/ErrorCode
 */
export function judgeFcmReply(
  status: number,
  body: string,
  retryAfter: string | null,
  nowMs?: number,
): FcmReply {
  const answer = parseAnswer(body);
  const detail = `${status} ${answer.errorCode ?? answer.status ?? "without an error code"}`;
  if (status >= 200 && status < 300) {
    if (answer.name !== undefined) return { kind: "sent", messageId: answer.name };
    return { kind: "bug", detail: `${status} without a message name` };
  }
  if (answer.errorCode === "UNREGISTERED") return { kind: "token-dead", detail };
  if (status === 404) {
    // A web server's own 404 page means a wrong address; believing it would deactivate every token.
    const isFromFcm = answer.status !== undefined || body.trim() === "";
    return { kind: isFromFcm ? "token-dead" : "bug", detail };
  }
  if (status === 401 || status === 403) return { kind: "credentials", detail };
  if (status === 429 || status === 408 || status >= 500) {
    const afterMs = parseRetryAfter(retryAfter, nowMs) ?? (status === 429 ? quotaWaitMs : undefined);
    return afterMs === undefined ? { kind: "retry", detail } : { kind: "retry", detail, afterMs };
  }
  return { kind: "bug", detail };
}

/** What FCM asks for when it refuses over quota and names no time: quotas are per minute. */
const quotaWaitMs = 60_000;

interface Answer {
  readonly name?: string | undefined;
  readonly status?: string | undefined;
  readonly errorCode?: string | undefined;
}

function parseAnswer(body: string): Answer {
  let answer: unknown;
  try {
    answer = JSON.parse(body);
  } catch {
    return {};
  }
  const error = memberOf(answer, "error");
  const details = memberOf(error, "details");
  const codes = Array.isArray(details)
    ? details.map((one: unknown) => codeIn(memberOf(one, "errorCode")))
    : [];
  const name = memberOf(answer, "name");
  return {
    name: typeof name === "string" && name !== "" ? name : undefined,
    status: codeIn(memberOf(error, "status")),
    errorCode: codes.find((code) => code !== undefined),
  };
}

/** Only what looks like a code, so that no free text of a stranger gets into logs. */
function codeIn(value: unknown): string | undefined {
  return typeof value === "string" && /^[A-Z_]{1,64}$/.test(value) ? value : undefined;
}

function memberOf(value: unknown, key: string): unknown {
  return typeof value === "object" && value !== null && Object.hasOwn(value, key)
    ? (value as Record<string, unknown>)[key]
    : undefined;
}

function parseRetryAfter(header: string | null, nowMs: number | undefined): number | undefined {
  const text = header?.trim() ?? "";
  if (/^\d{1,9}$/.test(text)) return Number(text) * 1000;
  const date = /^[A-Z][a-z]{2}, /.test(text) ? Date.parse(text) : Number.NaN;
  return nowMs === undefined || Number.isNaN(date) ? undefined : Math.max(0, date - nowMs);
}
