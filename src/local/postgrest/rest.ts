import { join } from "node:path";
import type { Identity, LogLine } from "../identity.ts";
import type { Child } from "../process/child.ts";
import type { ChildRecord } from "../process/leftovers.ts";
import { type Supervised, supervise } from "../process/supervise.ts";
import { verificationKeys } from "../tokens.ts";
import { startPostgrest } from "./postgrest.ts";

interface RestOptions {
  readonly identity: Identity;
  readonly binary: string;
  /** As role `authenticator`. */
  readonly dbUrl: string;
  readonly runDir: string;
  readonly children: ChildRecord;
  readonly log: LogLine;
}

export interface LocalRest {
  readonly server: Supervised<Child>;
  readonly socket: string;
}

/** PostgREST, running and kept running. */
export async function openRest({
  identity,
  binary,
  dbUrl,
  runDir,
  children,
  log,
}: RestOptions): Promise<LocalRest> {
  const socket = join(runDir, "rest.sock");
  const keys = verificationKeys(identity);
  const server = await supervise({
    name: "PostgREST",
    start: async () => {
      const child = await startPostgrest({ binary, socket, dbUrl, keys, log });
      children.add(child.pid);
      void child.exited.then(() => children.remove(child.pid));
      return child;
    },
    stop: (child) => child.stop("SIGTERM", 500),
    onRestarted: () => {},
    log,
  });
  return { server, socket };
}
