import { execFile, spawnSync } from "node:child_process";
import { lstat } from "node:fs/promises";
import { promisify } from "node:util";
import { BeeError } from "../../core/bee-error.ts";
import { exitCodes } from "../../core/exit-code.ts";
import { type Command, withWrapper } from "../process/command.ts";
import { findProgram } from "../process/find-program.ts";

/** Debian's and everybody's `nobody`; initdb wants an id that has a name. */
const nobody = 65534;

/** Postgres refuses to run as root; this is how its programs are started instead. */
export interface RunAs {
  /** Who must own the data folder, as seen from outside. */
  readonly owner: number;
  /** Whether the programs must lie where everybody may go: access(2), which they use, knows no capabilities. */
  readonly sharedBinaries: boolean;
  wrap(command: Command): Command;
}

/** For an ordinary user nothing changes. Root gets a user namespace, or where that is refused (containers) user nobody. */
export function chooseRunAs(): RunAs {
  const uid = process.getuid?.() ?? 0;
  if (uid !== 0) return { owner: uid, sharedBinaries: false, wrap: (command) => command };
  const runAs = tryUserNamespace() ?? tryNobody();
  if (runAs != null) return runAs;
  throw new BeeError({
    code: "BEE-E401",
    message: "Postgres does not run as root, and there is no way here to leave root",
    detail: "Neither `unshare` with user namespaces nor `setpriv` (both of util-linux) is there.",
    hint: "Run bee as an ordinary user, or install util-linux.",
    exit: exitCodes.usage,
  });
}

/** Inside, the process is nobody; outside, its files stay root's, so no chown and no world-readable path is needed. */
export function tryUserNamespace(): RunAs | null {
  const unshare = findProgram("unshare");
  if (unshare == null) return null;
  const args = ["--user", `--map-user=${nobody}`, `--map-group=${nobody}`];
  if (spawnSync(unshare, [...args, "true"], { stdio: "ignore" }).status !== 0) return null;
  return { owner: 0, sharedBinaries: false, wrap: (command) => withWrapper(command, unshare, args) };
}

/** Keeps the right to walk through root's private folders, where the checkout and the cache may lie. */
export function tryNobody(): RunAs | null {
  const setpriv = findProgram("setpriv");
  if (setpriv == null) return null;
  const ids = [`--reuid=${nobody}`, `--regid=${nobody}`, "--clear-groups"];
  const caps = ["--inh-caps=+dac_override", "--ambient-caps=+dac_override"];
  if (spawnSync(setpriv, [...ids, ...caps, "true"], { stdio: "ignore" }).status !== 0) return null;
  return {
    owner: nobody,
    sharedBinaries: true,
    wrap: (command) => withWrapper(command, setpriv, [...ids, ...caps, "--"]),
  };
}

/** A data folder changes hands when it was made in another way than it is now run. */
export async function ensureOwner(dir: string, runAs: RunAs): Promise<void> {
  if ((await lstat(dir)).uid === runAs.owner) return;
  await promisify(execFile)("chown", ["-R", "-h", String(runAs.owner), dir]);
}
