import type { Command } from "../process/command.ts";
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
}

/**
 * Functions may call loopback and public hosts, as hosted ones call the project and the world. Closed to them are
 * every address of the machine as a listener, the platform's own ports, and cloud metadata services.
 */
function deniedHosts(ports: readonly number[]): readonly string[] {
  const own = ports.flatMap((port) => [`127.0.0.1:${port}`, `localhost:${port}`, `[::1]:${port}`]);
  return ["0.0.0.0", "[::]", "169.254.169.254", ...own];
}

/** Deno splits its lists at commas; a doubled one stands for itself. */
const listed = (path: string) => path.replaceAll(",", ",,");

/**
 * Assembles the Deno invocation of one function: no npm, no remote code, no files but its bundle and socket, nothing
 * inherited. The function's own variables come through stdin.
 */
export function assembleSandbox(spec: SandboxSpec): Command {
  const args = [
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
    `--allow-read=${listed(spec.socketPath)},${listed(spec.bundlePath)}`,
    `--allow-write=${listed(spec.socketPath)}`,
    `--v8-flags=--max-old-space-size=${spec.limits.heapMb}`,
    `--preload=${spec.preludePath}`,
    spec.bundlePath,
  ];
  const env = {
    TZ: "UTC",
    NO_COLOR: "1",
    DENO_DIR: spec.cacheDir,
    DENO_NO_UPDATE_CHECK: "1",
    DENO_SERVE_ADDRESS: `unix:${spec.socketPath}`,
  };
  return { file: spec.deno, args, env };
}
