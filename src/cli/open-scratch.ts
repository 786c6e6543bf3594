import { randomInt } from "node:crypto";
import { once } from "node:events";
import { createServer } from "node:net";
import { join } from "node:path";
import type { Scratch } from "../commands/scratch.ts";
import type { Project } from "../config/find-project.ts";
import { Secret } from "../core/secret.ts";
import type { Emit } from "../plan/run-event.ts";
import { openTarget } from "./connect-target.ts";

export interface OpenScratchInput {
  readonly project: Project;
  readonly emit: Emit;
  readonly version: string;
}

/** A platform below `.bee/copies`, run by this process and gone with it. */
export async function openScratch({ project, emit, version }: OpenScratchInput): Promise<Scratch> {
  const { openLocalCopy } = await import("../local/copy.ts");
  const opened = await openLocalCopy({
    parent: join(project.root, ".bee/copies"),
    projectRef: Array.from({ length: 20 }, () => String.fromCharCode(97 + randomInt(26))).join(""),
    from: null,
    onProgress: (text) => emit({ type: "note", text }),
  });
  const { state } = opened;
  const about = {
    name: "local",
    guarded: false,
    version,
    root: project.root,
    cloud: null,
    facts: [],
  } as const;
  const accessToken = new Secret(state.accessToken);
  const target = openTarget({
    ...about,
    address: {
      ref: state.projectRef,
      url: state.url,
      apiUrl: state.managementUrl,
      accessToken,
      databaseUrl: new Secret(state.dbUrl),
    },
  });
  const port = await findClosedPort();
  const nowhere = openTarget({
    ...about,
    address: {
      ref: state.projectRef,
      url: `http://127.0.0.1:${port}`,
      apiUrl: `http://127.0.0.1:${port}`,
      accessToken,
      databaseUrl: new Secret(`postgresql://postgres:none@127.0.0.1:${port}/postgres`),
    },
  });
  return {
    target,
    nowhere: nowhere.ports,
    close: () => Promise.all([target.close(), nowhere.close()]).then(() => opened.stop()),
  };
}

async function findClosedPort(): Promise<number> {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  server.close();
  await once(server, "close");
  return address != null && typeof address === "object" ? address.port : 1;
}
