import { get } from "node:http";
import { followDaemon } from "./daemon-status.ts";
import { readLockHolder } from "./lock.ts";
import { readLocalPaths } from "./paths.ts";
import type { LocalState } from "./state.ts";

/** What `bee local status` shows. */
type LocalDescription =
  | { readonly status: "stopped" }
  /** Starting, or stuck: its process lives, its parts do not serve yet. */
  | { readonly status: "starting"; readonly pid: number }
  | {
      readonly status: "running";
      readonly state: LocalState;
      /** Part → whether it serves; empty when the gateway does not answer. */
      readonly parts: Readonly<Record<string, boolean>>;
    };

const answerMs = 1_000;

export async function describeLocalPlatform(projectDir: string): Promise<LocalDescription> {
  const holder = readLockHolder(readLocalPaths(projectDir).lock);
  if (holder == null) return { status: "stopped" };
  const status = await followDaemon(holder.socket, answerMs, () => {});
  if (status?.type !== "ready") return { status: "starting", pid: holder.process.pid };
  return { status: "running", state: status.state, parts: await readParts(status.state.url) };
}

/** The gateway's own /health. */
function readParts(url: string): Promise<Readonly<Record<string, boolean>>> {
  return new Promise((resolve) => {
    const request = get(`${url}/health`, { timeout: answerMs }, (response) => {
      let text = "";
      response.setEncoding("utf8");
      response.on("data", (chunk: string) => {
        text += chunk;
      });
      response.on("end", () => resolve(parseParts(text)));
      response.on("error", () => resolve({}));
    });
    request.on("timeout", () => request.destroy());
    request.on("error", () => resolve({}));
  });
}

function parseParts(text: string): Readonly<Record<string, boolean>> {
  try {
    const { parts } = JSON.parse(text) as { parts?: unknown };
    const entries = Object.entries((parts ?? {}) as Record<string, unknown>);
    return Object.fromEntries(entries.map(([name, up]) => [name, up === true]));
  } catch {
    return {};
  }
}
