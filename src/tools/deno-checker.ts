import { mkdir, mkdtemp, realpath, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { BeeError } from "../core/bee-error.ts";
import { exitCodes } from "../core/exit-code.ts";
import type { CodeAnswer, CodeMirror } from "../plan/code-check.ts";
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

/** Declarations come first in every question; a function that Deno cannot lay out is found by halves. */
async function askCheck(ask: Ask, folder: string, paths: readonly string[]): Promise<CodeAnswer> {
  const declared = paths.filter((path) => /\.d\.m?ts$/.test(path));
  const checkAll = async (entries: readonly string[]): Promise<CodeAnswer> => {
    if (entries.length === 0) return nothing;
    let refusal: string;
    try {
      const { exitCode, stderr } = await ask(["check", ...limits, ...declared, ...entries]);
      const diagnostics = parseCheck(stderr, folder);
      if (exitCode === 0 || diagnostics.length > 0) return { diagnostics, unasked: [] };
      refusal =
        stderr.split("\n").find((line) => line.startsWith("error: ")) ?? `error: exit code ${exitCode}`;
    } catch (error) {
      if (!isPassedOver(error)) throw error;
      return { diagnostics: [], unasked: [`deno check: ${error.message}`] };
    }
    const half = Math.ceil(entries.length / 2);
    return entries.length === 1
      ? { diagnostics: [], unasked: [`deno check of ${entries[0]}: ${refusal.slice("error: ".length)}`] }
      : merge(await checkAll(entries.slice(0, half)), await checkAll(entries.slice(half)));
  };
  return inChunks(
    paths.filter((path) => !declared.includes(path)),
    checkAll,
  );
}

async function askLint(ask: Ask, folder: string, paths: readonly string[]): Promise<CodeAnswer> {
  return inChunks(paths, async (some) => {
    try {
      const { stdout, stderr } = await ask(["lint", "--json", "--no-config", "--permit-no-files", ...some]);
      const diagnostics = parseLint(stdout, folder);
      return diagnostics == null
        ? { diagnostics: [], unasked: [`deno lint: ${stderr.split("\n")[0] || "no answer"}`] }
        : { diagnostics, unasked: [] };
    } catch (error) {
      if (!isPassedOver(error)) throw error;
      return { diagnostics: [], unasked: [`deno lint: ${error.message}`] };
    }
  });
}

async function inChunks(
  paths: readonly string[],
  ask: (some: readonly string[]) => Promise<CodeAnswer>,
): Promise<CodeAnswer> {
  let answer = nothing;
  for (let from = 0; from < paths.length; from += filesAtOnce)
    answer = merge(answer, await ask(paths.slice(from, from + filesAtOnce)));
  return answer;
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
