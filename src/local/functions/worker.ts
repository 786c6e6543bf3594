import { type ChildProcess, spawn } from "node:child_process";
import { randomUUID } from "node:crypto";
import { rmSync } from "node:fs";
import { Agent } from "node:http";
import type { LogLine } from "../identity.ts";
import { watch } from "../process/child.ts";
import { withWrapper } from "../process/command.ts";
import { findProgram } from "../process/find-program.ts";
import { readUsage } from "./process-usage.ts";
import { assembleSandbox, type SandboxSpec } from "./sandbox.ts";
import { WorkerLog } from "./worker-log.ts";

/** Why a process ended: by itself, because it took too much, or because the platform was done with it. */
export type ExitReason = "error" | "cpu" | "memory" | "timeout" | "retired";

interface WorkerSpec extends SandboxSpec {
  /** The function's variables: all it sees of an environment. */
  readonly env: Readonly<Record<string, string>>;
  readonly fields: Readonly<Record<string, unknown>>;
  readonly log: LogLine;
}

const tickMs = 200;
/** Each open request may use the CPU limit, but a loop shall not hide among a hundred. */
const requestsCounted = 5;
/** How V8 and the kernel end a process that is out of memory. */
const memorySignals = new Set(["SIGTRAP", "SIGABRT", "SIGKILL", "SIGILL"]);

/** One Deno process serving one version of one function on a unix socket. */
export class FunctionWorker {
  readonly id = randomUUID();
  readonly spec: WorkerSpec;
  readonly agent = new Agent({ keepAlive: true, maxSockets: Number.POSITIVE_INFINITY, maxFreeSockets: 64 });
  /** True when it listens, false when it ended before. */
  readonly ready: Promise<boolean>;
  readonly exited: Promise<ExitReason>;
  isReady = false;
  exitReason: ExitReason | null = null;

  readonly #child: ChildProcess;
  readonly #log: WorkerLog;
  readonly #startedAt = performance.now();
  #killedFor: ExitReason | null = null;
  #retiring = false;
  #inFlight = 0;
  #progressed = true;
  #cpuMark = 0;
  #cpuSeen = 0;

  constructor(spec: WorkerSpec) {
    this.spec = spec;
    let listens = () => {};
    const listening = new Promise<true>((resolve) => {
      listens = () => resolve(true);
    });
    this.#log = new WorkerLog(spec.log, { ...spec.fields, execution_id: this.id }, () => {
      if (this.isReady) return;
      this.isReady = true;
      const bootMs = Math.round(performance.now() - this.#startedAt);
      this.#log.note("info", `booted (time: ${bootMs}ms)`, { event_type: "Boot", boot_time: bootMs });
      listens();
    });
    const sandbox = assembleSandbox(spec);
    const setpriv = findProgram("setpriv");
    const command = setpriv == null ? sandbox : withWrapper(sandbox, setpriv, ["--pdeathsig", "KILL", "--"]);
    this.#child = spawn(command.file, command.args, {
      env: command.env,
      cwd: "/",
      stdio: ["pipe", "pipe", "pipe"],
    });
    this.exited = new Promise((resolve) => {
      this.#child.once("exit", (code, signal) => resolve(this.#ended(code, signal)));
      this.#child.once("error", (error) => {
        this.#log.note("error", `cannot start Deno: ${error.message}`);
        resolve(this.#ended(null, null));
      });
    });
    this.ready = Promise.race([listening, this.exited.then(() => false)]);
    // By a pipe, because the variables of a process have less room than a hundred secrets.
    this.#child.stdin?.on("error", () => {});
    this.#child.stdin?.end(JSON.stringify(spec.env));
    // There are no streams when the machine has no file descriptors left.
    if (this.#child.stdout != null) this.#log.read(this.#child.stdout, "info");
    if (this.#child.stderr != null) this.#log.read(this.#child.stderr, "error");
    if (setpriv == null && this.#child.pid != null) watch(this.#child.pid, "SIGKILL", this.exited);
    this.#supervise();
  }

  get gone(): boolean {
    return this.exitReason != null || this.#killedFor != null;
  }

  /** New requests may be sent to it (once it is ready). */
  get accepting(): boolean {
    return !this.gone && !this.#retiring;
  }

  begin(): void {
    this.#inFlight += 1;
    this.#progressed = true;
  }

  end(): void {
    this.#inFlight -= 1;
    this.#progressed = true;
    if (this.#retiring && this.#inFlight === 0) this.#finish();
  }

  /** The function answered something: it is not stuck in a loop. */
  touch(): void {
    this.#progressed = true;
  }

  kill(reason: ExitReason): void {
    if (this.gone) return;
    this.#killedFor = reason;
    this.#child.kill("SIGKILL");
  }

  /** Takes no new requests; ends when the open ones and its background tasks are done, at the latest after drainMs. */
  retire(drainMs = this.spec.limits.drainMs): Promise<ExitReason> {
    if (!this.#retiring && !this.gone) {
      this.#retiring = true;
      setTimeout(() => this.kill("retired"), drainMs).unref();
      if (this.#inFlight === 0) this.#finish();
    }
    return this.exited;
  }

  #finish(): void {
    if (this.isReady) this.#child.kill("SIGTERM");
    else this.kill("retired");
  }

  #ended(code: number | null, signal: NodeJS.Signals | null): ExitReason {
    const outOfMemory = memorySignals.has(signal ?? "");
    const reason = this.#killedFor ?? (this.#retiring ? "retired" : outOfMemory ? "memory" : "error");
    this.exitReason = reason;
    this.agent.destroy();
    rmSync(this.spec.socketPath, { force: true });
    const detail = signal == null ? `code ${code}` : `signal ${signal}`;
    const level = reason === "retired" ? "info" : "error";
    this.#log.note(level, `shutdown (reason: ${reason}, ${detail})`, { event_type: "Shutdown", reason });
    return reason;
  }

  #supervise(): void {
    const { bootMs, cpuMs, residentMb } = this.spec.limits;
    const pid = this.#child.pid;
    const timer = setInterval(() => {
      if (!this.isReady && performance.now() - this.#startedAt > bootMs) {
        this.#log.note("error", `did not call Deno.serve within ${bootMs} ms`);
        return this.kill("timeout");
      }
      const usage = pid == null ? null : readUsage(pid);
      if (usage == null) return;
      if (usage.residentMb > residentMb) {
        this.#log.note(
          "error",
          `memory limit exceeded: ${Math.round(usage.residentMb)} MB of ${residentMb} MB`,
        );
        return this.kill("memory");
      }
      const idle = this.#inFlight === 0 && usage.cpuMs - this.#cpuSeen < tickMs / 10;
      if (this.#progressed || idle) this.#cpuMark = usage.cpuMs;
      this.#progressed = false;
      this.#cpuSeen = usage.cpuMs;
      const requests = Math.min(Math.max(this.#inFlight, 1), requestsCounted);
      if (usage.cpuMs - this.#cpuMark > cpuMs * requests) {
        this.#log.note("error", `CPU time limit exceeded: ${cpuMs} ms without an answer`);
        this.kill("cpu");
      }
    }, tickMs);
    timer.unref();
    this.exited.then(() => clearInterval(timer));
  }
}
