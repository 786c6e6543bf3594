import { BeeError, type BeeErrorFields } from "../core/bee-error.ts";
import { exitCodes } from "../core/exit-code.ts";
import type { HttpAnswer, NoAnswerError } from "./http-client.ts";

/** A request to the Management API that did not succeed. */
export class ApiError extends BeeError {
  /** Null when there was no answer. */
  readonly status: number | null;

  constructor(status: number | null, fields: BeeErrorFields) {
    super(fields);
    this.name = "ApiError";
    this.status = status;
  }
}

/** `what`: method and path. The text of the answer is shortened and never holds the token. */
export function describeAnswer(
  what: string,
  { status, body }: HttpAnswer,
  said = readMessage(body),
): ApiError {
  const message = `${what} answered ${status}${said === "" ? "" : `: ${said}`}`;
  if (status === 401 || status === 403) {
    const hint =
      status === 401
        ? "Set a valid SUPABASE_ACCESS_TOKEN (account › access tokens)."
        : "The token's account may not do this: ask for the role, or use a token of the project's owner.";
    return new ApiError(status, { code: "BEE-E201", message, hint, exit: exitCodes.unauthorised });
  }
  if (status === 404) {
    const hint = "Check the project ref of the target in bee.config.yaml.";
    return new ApiError(status, { code: "BEE-E202", message, hint, exit: exitCodes.usage });
  }
  const broken = status >= 500;
  return new ApiError(status, {
    code: "BEE-E203",
    message,
    hint: broken
      ? "Look at https://status.supabase.com, then run the same command again."
      : "See what the API says above; bee doctor checks project and token.",
    exit: broken ? exitCodes.inconclusive : exitCodes.refused,
  });
}

export function describeNoAnswer(what: string, error: NoAnswerError, changesNothing: boolean): ApiError {
  return new ApiError(null, {
    code: error.kind === "too-large" ? "BEE-E205" : "BEE-E204",
    message: `${what}: ${error.message}`,
    detail:
      changesNothing || error.kind === "unreachable" || error.kind === "untrusted"
        ? "Nothing was changed by this request."
        : "It may have been carried out: the next run reads the state first.",
    hint: "Check the network and the target's API URL, then run the same command again.",
    exit: exitCodes.inconclusive,
    cause: error,
  });
}

export function rateLimited(what: string, waitMs: number): ApiError {
  return new ApiError(429, {
    code: "BEE-E206",
    message: `${what}: the API's rate limit is used up for another ${Math.ceil(waitMs / 1_000)} s`,
    detail: "That is longer than bee waits. This request was not carried out.",
    hint: "Run the same command again after that time.",
    exit: exitCodes.inconclusive,
  });
}

export function unreadableReply(what: string, why: string, cause?: unknown): ApiError {
  return new ApiError(null, {
    code: "BEE-E207",
    message: `${what} answered something that cannot be read: ${why}`,
    hint: "Check the target's API URL: is it the Management API, or a proxy's page?",
    exit: exitCodes.inconclusive,
    cause,
  });
}

/** The API's own words: `{"message": …}`, else the start of the text. */
function readMessage(body: Buffer): string {
  const text = body.subarray(0, 4_000).toString();
  try {
    const parsed: unknown = JSON.parse(text);
    if (parsed != null && typeof parsed === "object") {
      const { message, msg, error } = parsed as Record<string, unknown>;
      const said = message ?? msg ?? error;
      if (said != null) return (typeof said === "string" ? said : JSON.stringify(said)).slice(0, 500);
    }
  } catch {
    // Not JSON: a proxy's page, as a rule. Its first words must do.
  }
  return text.replace(/\s+/g, " ").trim().slice(0, 200);
}
