import { mkdir, mkdtemp, realpath, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { BeeError } from "../core/bee-error.ts";
import { exitCodes } from "../core/exit-code.ts";
import type { CodeAnswer, CodeDiagnostic, CodeMirror } from "../plan/code-check.ts";
import type { Invocation } from "../plan/invocation.ts";
import type { CodeChecker } from "../ports/code-checker.ts";
import { parseCheck, parseLint } from "./deno-diagnostics.ts";
import type { InvocationResult, RunInvocation } from "./invocation.ts";

/** So that a command line stays below what every system takes. */
const filesAtOnce = 500;

const nothing: CodeAnswer = { diagnostics: [], unasked: [] };

/** Nothing is fetched, nothing of the project's own configuration is read. */
const limits = ["--quiet", "--no-lock", "--no-remote", "--no-npm", "--deny-import", "--config", "deno.json"];

export interface DenoCheckerInput {
  /** Null when Deno is not installed. */
  readonly file: string | null;
  /** Hands on nothing of bee's environment. */
  readonly run: RunInvocation;
  /** For each time Deno is asked. */
  readonly timeoutMs?: number;
}

type Ask = (args: readonly string[]) => Promise<InvocationResult>;

/** `deno check` and `deno lint` over a mirror in a temporary folder, which is all they get to see and to write. */
export function createDenoChecker({ file, run, timeoutMs = 120_000 }: DenoCheckerInput): CodeChecker {
  return {
    async readVersion() {
      if (file == null) return null;
      try {
        const { stdout } = await run(assembleInvocation(file, tmpdir(), ["--version"], 10_000));
        const version = /^deno (\d\S*)/.exec(stdout)?.[1];
        return version == null ? null : `Deno ${version}`;
      } catch (error) {
        if (isPassedOver(error)) return null;
        throw error;
      }
    },
    async check(mirror, signal) {
      if (file == null) return nothing;
      const folder = await realpath(await mkdtemp(join(tmpdir(), "bee-code-")));
      try {
        await writeMirror(folder, mirror);
        const ask: Ask = (args) => run(assembleInvocation(file, folder, args, timeoutMs), signal);
        return merge(await askCheck(ask, folder, mirror.check), await askLint(ask, folder, mirror.lint));
      } finally {
        await rm(folder, { recursive: true, force: true });
      }
    },
  };
}

function assembleInvocation(
  file: string,
  folder: string,
  args: readonly string[],
  timeoutMs: number,
): Invocation {
  const env = {
    DENO_DIR: join(folder, "cache"),
    DENO_NO_UPDATE_CHECK: "1",
    DENO_NO_PROMPT: "1",
    HOME: folder,
    NO_COLOR: "1",
  };
  return { file, args, cwd: folder, env, effect: "read", timeoutMs };
}

async function writeMirror(folder: string, { files, config }: CodeMirror): Promise<void> {
  const all = [...files, ["deno.json", JSON.stringify(config)] as const];
  for (const path of new Set(all.map(([path]) => dirname(path))))
    await mkdir(join(folder, path), { recursive: true });
  for (const [path, text] of all) await writeFile(join(folder, path), text);
}

/** Declarations come first in every question. */
async function askCheck(ask: Ask, folder: string, paths: readonly string[]): Promise<CodeAnswer> {
  const declared = paths.filter((path) => /\.d\.m?ts$/.test(path));
  const entries = paths.filter((path) => !declared.includes(path));
  return inChunks("deno check", entries, async (some) => {
    const { exitCode, stderr } = await ask(["check", ...limits, ...declared, ...some]);
    const diagnostics = parseCheck(stderr, folder);
    if (exitCode === 0 || diagnostics.length > 0) return diagnostics;
    const refusal = stderr.split("\n").find((line) => line.startsWith("error: "));
    return refusal?.slice("error: ".length) ?? `it ended with ${exitCode}`;
  });
}

async function askLint(ask: Ask, folder: string, paths: readonly string[]): Promise<CodeAnswer> {
  return inChunks("deno lint", paths, async (some) => {
    const { stdout, stderr } = await ask(["lint", "--json", "--no-config", "--permit-no-files", ...some]);
    return parseLint(stdout, folder) ?? (stderr.split("\n")[0] || "no answer");
  });
}

/** A text says why it could not be asked. */
type AskSome = (some: readonly string[]) => Promise<readonly CodeDiagnostic[] | string>;

async function inChunks(what: string, paths: readonly string[], ask: AskSome): Promise<CodeAnswer> {
  let answer = nothing;
  for (let from = 0; from < paths.length; from += filesAtOnce)
    answer = merge(answer, await byHalves(what, paths.slice(from, from + filesAtOnce), ask));
  return answer;
}

/** One file that Deno cannot lay out, or breaks off at, is found by halves, and the others are asked about. */
async function byHalves(what: string, paths: readonly string[], ask: AskSome): Promise<CodeAnswer> {
  let refusal: string;
  try {
    const answer = await ask(paths);
    if (typeof answer !== "string") return { diagnostics: answer, unasked: [] };
    refusal = answer;
  } catch (error) {
    if (!isPassedOver(error)) throw error;
    const broke = /killed with (\w+)/.exec(error.message)?.[1];
    if (broke == null) return { diagnostics: [], unasked: [`${what}: ${error.message}`] };
    refusal = `it broke off with ${broke}`;
  }
  const half = Math.ceil(paths.length / 2);
  return paths.length === 1
    ? { diagnostics: [], unasked: [`${what} of ${paths[0]}: ${refusal}`] }
    : merge(await byHalves(what, paths.slice(0, half), ask), await byHalves(what, paths.slice(half), ask));
}

function merge(one: CodeAnswer, other: CodeAnswer): CodeAnswer {
  return {
    diagnostics: [...one.diagnostics, ...other.diagnostics],
    unasked: [...one.unasked, ...other.unasked],
  };
}

/** Too long, or not to be started: then it is not asked. An interrupt ends all. */
function isPassedOver(error: unknown): error is BeeError {
  return error instanceof BeeError && error.exit !== exitCodes.interrupted;
}
