import type { DaemonFailure } from "./daemon-status.ts";

/** What a daemon says once to the process that started it. */
export type DaemonMessage =
  | { readonly type: "listening"; readonly socket: string }
  /** Another daemon was faster. */
  | { readonly type: "held" }
  /** It came not even so far as to listen. */
  | { readonly type: "failed"; readonly failure: DaemonFailure };

export function isDaemonMessage(value: unknown): value is DaemonMessage {
  const { type, socket, failure } = (value ?? {}) as Partial<Record<string, unknown>>;
  if (type === "listening") return typeof socket === "string";
  return type === "held" || (type === "failed" && typeof failure === "object" && failure != null);
}
