import { existsSync } from "node:fs";
import type { FunctionLimits } from "./limits.ts";

export interface SandboxSpec {
  readonly deno: string;
  readonly bundlePath: string;
  readonly preludePath: string;
  readonly socketPath: string;
  readonly cacheDir: string;
  /** Loopback ports a function must not reach: Postgres, the Management API. */
  readonly deniedPorts: readonly number[];
  readonly limits: FunctionLimits;
  /** All the function sees: nothing is inherited. */
  readonly env: Readonly<Record<string, string>>;
}

export interface SandboxCommand {
  readonly file: string;
  readonly args: readonly string[];
  readonly env: Readonly<Record<string, string>>;
  /** The process in `file` is not Deno itself but a shell that kills it when its stdin closes. */
  readonly guarded: boolean;
}

/**
 * Functions may call loopback and public hosts, as hosted ones call the project and the world. Closed to them are
 * every address of the machine as a listener, the platform's own ports, and cloud metadata services.
 */
function deniedHosts(ports: readonly number[]): readonly string[] {
  const own = ports.flatMap((port) => [`127.0.0.1:${port}`, `localhost:${port}`, `[::1]:${port}`]);
  return ["0.0.0.0", "[::]", "169.254.169.254", ...own];
}

/**
 * Without setpriv: a shell that waits for the function and kills it when its own stdin, held by the platform, closes.
 * Background jobs get stdin from /dev/null, hence the copy on descriptor 3.
 */
const guard = [
  'exec 3<&0; "$@" </dev/null 3<&- & child=$!',
  'trap "kill -TERM $child" TERM',
  "(cat <&3 >/dev/null; kill -9 $child) 2>/dev/null &",
  "exec 3<&-; wait $child; code=$?",
  "while kill -0 $child 2>/dev/null; do wait $child; code=$?; done; exit $code",
].join("\n");

/** Assembles the Deno invocation of one function. No npm, no remote code, no files but its bundle and socket. */
export function assembleSandbox(spec: SandboxSpec, setpriv: string | null): SandboxCommand {
  const deno = [
    spec.deno,
    "run",
    "--quiet",
    "--no-prompt",
    "--no-remote",
    "--no-npm",
    "--no-config",
    "--no-lock",
    "--cached-only",
    "--allow-env",
    "--allow-net",
    `--deny-net=${deniedHosts(spec.deniedPorts).join(",")}`,
    `--allow-read=${spec.socketPath},${spec.bundlePath}`,
    `--allow-write=${spec.socketPath}`,
    `--v8-flags=--max-old-space-size=${spec.limits.heapMb}`,
    `--preload=${spec.preludePath}`,
    spec.bundlePath,
  ];
  const env = {
    ...spec.env,
    TZ: "UTC",
    NO_COLOR: "1",
    DENO_DIR: spec.cacheDir,
    DENO_NO_UPDATE_CHECK: "1",
    DENO_SERVE_ADDRESS: `unix:${spec.socketPath}`,
  };
  if (setpriv != null) return { file: setpriv, args: ["--pdeathsig", "KILL", ...deno], env, guarded: false };
  return {
    file: "/bin/sh",
    args: ["-c", guard, "sh", ...deno],
    env: { ...env, PATH: "/usr/bin:/bin" },
    guarded: true,
  };
}

/** setpriv (util-linux) ends a child with its parent, even after kill -9 of the parent. */
export function findSetpriv(): string | null {
  return (
    ["/usr/bin/setpriv", "/bin/setpriv", "/usr/local/bin/setpriv"].find((path) => existsSync(path)) ?? null
  );
}
