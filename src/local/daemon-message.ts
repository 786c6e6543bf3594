/** What a daemon says once to the process that started it. */
export type DaemonMessage =
  | { readonly type: "listening"; readonly socket: string }
  | { readonly type: "held" };

export function isDaemonMessage(value: unknown): value is DaemonMessage {
  const { type, socket } = (value ?? {}) as { type?: unknown; socket?: unknown };
  return type === "held" || (type === "listening" && typeof socket === "string");
}
