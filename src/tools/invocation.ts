import { access, constants } from "node:fs/promises";
import { delimiter, join } from "node:path";
import type { Readable } from "node:stream";
import { execa } from "execa";
import { BeeError } from "../core/bee-error.ts";
import { exitCodes } from "../core/exit-code.ts";
import { Secret } from "../core/secret.ts";
import { type Invocation, renderInvocation } from "../plan/invocation.ts";

export interface InvocationResult {
  /** Not 0 is an answer: each program means something of its own by it. */
  readonly exitCode: number;
  readonly stdout: string;
  readonly stderr: string;
  readonly durationMs: number;
  /** True for a write in a dry run; then nothing ran and the code is 0. */
  readonly skipped: boolean;
}

/**
 * With `onLine`, stdout is handed on line by line as it comes and not kept, so that there may be any amount. With
 * `onErrorLine`, stderr is handed on as well, and kept.
 */
export type RunInvocation = (
  invocation: Invocation,
  signal?: AbortSignal,
  onLine?: (line: string) => void,
  onErrorLine?: (line: string) => void,
) => Promise<InvocationResult>;

export interface InvocationOptions {
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly dryRun?: boolean;
}

/** Outside programs do not need the keys to the project. */
const ownNames = /^(BEE_|SUPABASE_|PG(PASSWORD|PASSFILE|SERVICE))/;

/** How long a program that was asked to stop may clean up: terraform gives its state's lock back. */
const graceMs = 60_000;

/** The one place where outside programs run. Throws BEE-E840 (not found), E841 (too long), E842 (stopped). */
export function createInvocationRunner({ env, dryRun = false }: InvocationOptions): RunInvocation {
  const inherited = Object.fromEntries(
    Object.entries(env).filter(([name, value]) => value !== undefined && !ownNames.test(name)),
  );
  return async (invocation, signal, onLine, onErrorLine) => {
    const secrets = secretsOf(invocation);
    assertNoSecretInArguments(invocation, secrets);
    if (dryRun && invocation.effect === "write") {
      return { exitCode: 0, stdout: "", stderr: "", durationMs: 0, skipped: true };
    }
    const { cwd, timeoutMs = 600_000 } = invocation;
    const given = Object.entries(invocation.env ?? {}).map(([name, value]) => [name, reveal(value)] as const);
    const environment = { ...inherited, ...Object.fromEntries(given) };
    const [file, ...args] = await assembleCommand(invocation, environment["PATH"]);
    const running = execa(file, args, {
      env: environment,
      extendEnv: false,
      reject: false,
      stdin: "ignore",
      timeout: timeoutMs,
      maxBuffer: 64 * 1024 * 1024,
      // A group of its own: Ctrl-C reaches bee alone, which then asks once. Two interrupts make terraform
      // drop everything.
      detached: true,
      killSignal: "SIGINT",
      forceKillAfterDelay: invocation.effect === "write" ? graceMs : 5000,
      ...(cwd == null ? {} : { cwd }),
      ...(signal == null ? {} : { cancelSignal: signal }),
      ...(onLine == null ? {} : { buffer: { stdout: false } }),
    });
    const hide = (text: string) =>
      secrets.reduce((left, secret) => left.replaceAll(secret, "[secret]"), text);
    if (onLine != null) readLines(running.stdout, onLine);
    if (onErrorLine != null) readLines(running.stderr, (line) => onErrorLine(hide(line)));
    const result = await running;
    const stderr = hide(result.stderr);
    if (result.timedOut || result.isCanceled) throw stopped(invocation, result.timedOut, hide);
    if (result.exitCode === undefined)
      throw cannotRun(invocation, hide(result.shortMessage ?? ""), result.code);
    const { exitCode, durationMs } = result;
    return { exitCode, stdout: hide(result.stdout ?? ""), stderr, durationMs, skipped: false };
  };
}

/** With setpriv in front, the kernel interrupts the program when bee dies, also by SIGKILL. */
async function assembleCommand(
  { file, args, endsWithBee = false }: Invocation,
  path = "",
): Promise<readonly [string, ...string[]]> {
  const places = endsWithBee ? path.split(delimiter).map((dir) => join(dir, "setpriv")) : [];
  for (const place of places) {
    const there = await access(place, constants.X_OK).then(
      () => true,
      () => false,
    );
    if (there) return [place, "--pdeathsig", "INT", "--", file, ...args];
  }
  return [file, ...args];
}

/** Splits by hand: readline takes three times as long, and form feeds for line ends. */
function readLines(stream: Readable, onLine: (line: string) => void): void {
  let rest = "";
  stream.setEncoding("utf8");
  stream.on("data", (chunk: string) => {
    const lines = (rest + chunk).split("\n");
    rest = lines.pop() ?? "";
    for (const line of lines) onLine(line);
  });
  stream.on("end", () => {
    if (rest !== "") onLine(rest);
  });
}

function reveal(value: string | Secret): string {
  return value instanceof Secret ? value.reveal() : value;
}

/** Longest first, so that one inside another leaves no rest. Very short ones would hide half the text. */
function secretsOf({ env = {}, redact = [] }: Invocation): readonly string[] {
  return [...Object.values(env), ...redact]
    .filter((value) => value instanceof Secret)
    .map((secret) => secret.reveal())
    .filter((value) => value.length >= 4)
    .sort((one, other) => other.length - one.length);
}

function assertNoSecretInArguments({ file, args }: Invocation, secrets: readonly string[]): void {
  if (!secrets.some((secret) => args.some((arg) => arg.includes(secret)))) return;
  throw new Error(`a secret among the arguments of ${file}`);
}

function cannotRun({ file, cwd }: Invocation, why: string, code: string | undefined): BeeError {
  const missing = code === "ENOENT";
  return new BeeError({
    code: "BEE-E840",
    message: missing
      ? `The program ${file} cannot be started: it, or its folder, is not there`
      : `The program ${file} cannot be run: ${why}`,
    detail: `${cwd == null ? "" : `folder: ${cwd}\n`}Nothing was changed.`,
    hint: `Install ${file} so that it is found on the PATH.`,
    exit: exitCodes.usage,
  });
}

function stopped(invocation: Invocation, timedOut: boolean, hide: (text: string) => string): BeeError {
  const { file, effect, timeoutMs = 600_000 } = invocation;
  return new BeeError({
    code: timedOut ? "BEE-E841" : "BEE-E842",
    message: timedOut
      ? `${file} was stopped after ${Math.round(timeoutMs / 1000)} s`
      : `${file} was stopped because the run was interrupted`,
    detail: `${hide(renderInvocation(invocation))}\n${effect === "read" ? "Nothing was changed." : "It may have done a part of its work."}`,
    hint: "Run the same command again: it reads the state first.",
    exit: timedOut ? (effect === "read" ? exitCodes.inconclusive : exitCodes.partial) : exitCodes.interrupted,
  });
}
