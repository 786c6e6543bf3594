import * as z from "zod";
import { BeeError } from "../core/bee-error.ts";
import { exitCodes } from "../core/exit-code.ts";

/** Names of google.rpc.Code by number. */
const codeNames = [
  "OK",
  "CANCELLED",
  "UNKNOWN",
  "INVALID_ARGUMENT",
  "DEADLINE_EXCEEDED",
  "NOT_FOUND",
  "ALREADY_EXISTS",
  "PERMISSION_DENIED",
  "RESOURCE_EXHAUSTED",
  "FAILED_PRECONDITION",
  "ABORTED",
  "OUT_OF_RANGE",
  "UNIMPLEMENTED",
  "INTERNAL",
  "UNAVAILABLE",
  "DATA_LOSS",
  "UNAUTHENTICATED",
];

export interface RpcFailure {
  /** Such as `NOT_FOUND`; null when the API did not answer. */
  readonly status: string | null;
  readonly message: string;
}

const bodySchema = z.object({ error: z.object({ status: z.string(), message: z.string() }) });

/** Decoded errors carry the code's number; with most credentials the transport throws the undecoded body instead. */
export function readRpcFailure(error: unknown): RpcFailure {
  const message = error instanceof Error ? error.message : String(error);
  const body = bodySchema.safeParse(tryParse(message));
  if (body.success) return body.data.error;
  const code = error instanceof Error && "code" in error ? error.code : null;
  return { status: typeof code === "number" ? (codeNames[code] ?? `HTTP ${code}`) : null, message };
}

export function isTransient({ status }: RpcFailure): boolean {
  return (
    status == null ||
    /^(UNAVAILABLE|RESOURCE_EXHAUSTED|INTERNAL|DEADLINE_EXCEEDED|HTTP (429|5..))$/.test(status)
  );
}

/** The client's error as bee says it. It is no cause: it holds the request and its token. */
export function describeCloudRunFailure(error: unknown, what: string): BeeError {
  if (error instanceof BeeError) return error;
  const { status, message } = readRpcFailure(error);
  const denied = status === "PERMISSION_DENIED" || status === "UNAUTHENTICATED";
  return new BeeError({
    code: "BEE-E807",
    message: `Cloud Run: ${what}: ${message}${status == null ? "" : ` (${status})`}`,
    detail: denied ? "Nothing was changed." : "A write in flight may or may not have been done.",
    hint: denied
      ? "Grant the role Cloud Run Developer (roles/run.developer), then run the same command again."
      : "Run the same command again: it reads the state first.",
    exit: denied ? exitCodes.unauthorised : exitCodes.inconclusive,
  });
}

export function credentialsMissing(error: unknown): BeeError {
  return new BeeError({
    code: "BEE-E800",
    message: "There are no usable Google Cloud credentials",
    detail: `${error instanceof Error ? error.message : String(error)}\nNothing was changed.`,
    hint: "gcloud auth application-default login, or set GOOGLE_APPLICATION_CREDENTIALS to a service account's file",
    exit: exitCodes.unauthorised,
  });
}

function tryParse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}
