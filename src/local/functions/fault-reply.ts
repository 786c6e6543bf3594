import type { ServerResponse } from "node:http";
import type { ExitReason } from "./worker.ts";

/** How the hosted platform answers for a function that cannot (https://supabase.com/docs/guides/functions/status-codes). */
interface Fault {
  readonly status: number;
  readonly code: string;
  readonly message: string;
}

export const faults = {
  notFound: { status: 404, code: "NOT_FOUND", message: "Requested function was not found" },
  method: { status: 405, code: "METHOD_NOT_ALLOWED", message: "Method not allowed" },
  boot: { status: 503, code: "BOOT_ERROR", message: "Function failed to start (please check logs)" },
  idle: {
    status: 504,
    code: "IDLE_TIMEOUT",
    message: "Function did not respond within the request timeout (please check logs)",
  },
  error: {
    status: 500,
    code: "WORKER_ERROR",
    message: "Function exited due to an error (please check logs)",
  },
  limit: {
    status: 546,
    code: "WORKER_LIMIT",
    message: "Function failed due to not having enough compute resources (please check logs)",
  },
} as const satisfies Readonly<Record<string, Fault>>;

export function faultOf(reason: ExitReason | null): Fault {
  if (reason === "cpu" || reason === "memory") return faults.limit;
  return reason === "timeout" ? faults.idle : faults.error;
}

/** Answers for the function; when its answer has begun already, only the connection can tell. */
export function sendFault(response: ServerResponse, fault: Fault): void {
  if (response.headersSent) {
    response.destroy();
    return;
  }
  const body = JSON.stringify({ code: fault.code, message: fault.message });
  response.writeHead(fault.status, {
    "content-type": "application/json",
    "content-length": Buffer.byteLength(body),
    "sb-error-code": fault.code,
    "access-control-allow-origin": "*",
    "access-control-expose-headers": "sb-error-code",
  });
  response.end(body);
}
