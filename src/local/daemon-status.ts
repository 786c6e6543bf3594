import { once } from "node:events";
import { createConnection, createServer, type Server, type Socket } from "node:net";
import { BeeError } from "../core/bee-error.ts";
import { type ExitCode, exitCodeMeanings, exitCodes } from "../core/exit-code.ts";
import { diskFull, isDiskFull } from "./failure.ts";
import { type LocalState, parseLocalState } from "./state.ts";

/** What the daemon tells on its socket: one JSON line each, from the beginning for everybody who asks. */
type DaemonStatus =
  | { readonly type: "progress"; readonly message: string }
  | { readonly type: "ready"; readonly state: LocalState }
  | { readonly type: "failed"; readonly failure: DaemonFailure };

/** A BeeError on its way to another process. */
export interface DaemonFailure {
  readonly code: `BEE-E${string}`;
  readonly message: string;
  readonly detail?: string;
  readonly hint?: string;
  readonly exit: ExitCode;
}

interface StatusServer {
  tell(status: DaemonStatus): void;
  /** Resolves when somebody was told that it is ready or has failed. */
  readonly heard: Promise<void>;
  close(): Promise<void>;
}

/** Serves the status on a unix socket. Connections stay open until the platform is ready or has failed. */
export async function serveStatus(path: string): Promise<StatusServer> {
  const told: DaemonStatus[] = [];
  let markHeard = () => {};
  const heard = new Promise<void>((resolve) => {
    markHeard = resolve;
  });
  const send = (socket: Socket, status: DaemonStatus) => {
    socket.write(`${JSON.stringify(status)}\n`);
    if (status.type !== "progress") socket.end(markHeard);
  };
  const listeners = new Set<Socket>();
  const server: Server = createServer((socket) => {
    socket.on("error", () => {});
    socket.on("close", () => listeners.delete(socket));
    listeners.add(socket);
    // Who asks later needs no history of the start.
    const ended = told.find(({ type }) => type !== "progress");
    for (const status of ended == null ? told : [ended]) send(socket, status);
  });
  server.listen(path);
  await once(server, "listening");
  return {
    heard,
    tell(status) {
      told.push(status);
      for (const socket of listeners) send(socket, status);
    },
    async close() {
      const closed = once(server, "close");
      server.close();
      for (const socket of listeners) socket.destroySoon();
      await closed;
    },
  };
}

type FinalStatus = Exclude<DaemonStatus, { type: "progress" }>;

/**
 * Listens to a daemon until it is ready or has failed, or `timeoutMs` pass without a word. Null when it does not
 * answer, or went away before it came to either.
 */
export function followDaemon(
  socketPath: string,
  timeoutMs: number,
  onProgress: (message: string) => void,
): Promise<FinalStatus | null> {
  return new Promise((resolve) => {
    const socket = createConnection(socketPath);
    let text = "";
    let final: FinalStatus | null = null;
    socket.setEncoding("utf8");
    socket.setTimeout(timeoutMs, () => socket.destroy());
    socket.on("error", () => {});
    socket.on("close", () => resolve(final));
    socket.on("data", (chunk: string) => {
      const lines = (text + chunk).split("\n");
      text = lines.pop() ?? "";
      for (const line of lines) {
        const status = parseStatus(line);
        if (status?.type === "progress") onProgress(status.message);
        else {
          final = status;
          socket.destroy();
        }
      }
    });
  });
}

export function asFailure(error: unknown, projectDir: string): DaemonFailure {
  if (!(error instanceof BeeError) && isDiskFull(String(error)))
    return asFailure(diskFull(projectDir, String(error)), projectDir);
  if (error instanceof BeeError) {
    return {
      code: error.code as DaemonFailure["code"],
      message: error.message,
      ...(error.detail == null ? {} : { detail: error.detail }),
      ...(error.hint == null ? {} : { hint: error.hint }),
      exit: error.exit,
    };
  }
  return {
    code: "BEE-E402",
    message: "the local platform did not start",
    detail: error instanceof Error ? (error.stack ?? error.message) : String(error),
    hint: "See `bee local logs`.",
    exit: exitCodes.bug,
  };
}

function parseStatus(line: string): DaemonStatus | null {
  let value: Partial<Record<string, unknown>> | null;
  try {
    value = JSON.parse(line) as Partial<Record<string, unknown>> | null;
  } catch {
    return null;
  }
  if (value?.["type"] === "progress" && typeof value["message"] === "string") {
    return { type: "progress", message: value["message"] };
  }
  if (value?.["type"] === "ready") {
    const state = parseLocalState(value["state"]);
    return state == null ? null : { type: "ready", state };
  }
  const failure = value?.["type"] === "failed" ? (value["failure"] as Partial<DaemonFailure>) : null;
  if (typeof failure?.message !== "string" || !String(failure.code).startsWith("BEE-E")) return null;
  const exit = failure.exit != null && failure.exit in exitCodeMeanings ? failure.exit : exitCodes.bug;
  return { type: "failed", failure: { ...(failure as DaemonFailure), exit } };
}
