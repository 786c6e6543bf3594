import { hostname, userInfo } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline/promises";
import type { CommandContext } from "../commands/context.ts";
import { systemClock } from "../engine/clock.ts";
import { createJournalFile } from "../engine/journal-file.ts";
import type { Emit } from "../plan/run-event.ts";
import { createFunctionBundler } from "../tools/function-bundler.ts";
import { findHostedTarget } from "./hosted-address.ts";
import type { Io } from "./main.ts";
import { type GlobalFlags, isCi } from "./run-command.ts";

export interface ContextInput {
  readonly io: Io;
  readonly version: string;
  readonly globals: GlobalFlags;
  readonly emit: Emit;
}

/** The composition root: real clock, disk, network and people behind the ports. */
export function createContext({ io, version, globals, emit }: ContextInput): CommandContext {
  const actor = `${userName(io.env)}@${hostname()} pid ${process.pid}`;
  return {
    cwd: io.cwd,
    env: io.env,
    clock: systemClock,
    signal: io.signal,
    emit,
    version,
    actor,
    interactive:
      io.stdin.isTTY === true && globals.input !== false && !isCi(io.env) && !globals.json && !globals.events,
    ask: (question) => ask(io, question),
    connect: async (project, target) =>
      (await import("./connect-target.ts")).connectTarget({ project, target, env: io.env, emit, version }),
    openCopy: async (project, source) => {
      const { openCopy } = await import("./open-copy.ts");
      const sourceUrl =
        source.name === "local"
          ? null
          : findHostedTarget(project.config, source.name, io.env).address.databaseUrl;
      return openCopy({ project, source, sourceUrl, emit, version, actor, signal: io.signal });
    },
    openScratch: async (project) =>
      (await import("./open-scratch.ts")).openScratch({ project, emit, version }),
    shadow: {
      async open() {
        const { createShadowDatabase } = await import("../supabase/shadow-database.ts");
        const { openScratchPostgres } = await import("../local/postgres/scratch.ts");
        return createShadowDatabase(openScratchPostgres).open();
      },
    },
    codeChecker: async () => (await import("./code-checker.ts")).createCodeChecker(io.env),
    bundler: ({ root }) => createFunctionBundler(root, join(root, ".bee/cache/bundles")),
    journal: ({ root }, target) => createJournalFile(join(root, ".bee/journal", `${target}.jsonl`)),
  };
}

function userName(env: NodeJS.ProcessEnv): string {
  try {
    return userInfo().username;
  } catch {
    // A container may run under a uid that has no name.
    return env["USER"] ?? `uid ${process.getuid?.() ?? "unknown"}`;
  }
}

async function ask(io: Io, question: string): Promise<string> {
  const reader = createInterface({ input: io.stdin, output: io.stderr });
  try {
    return await reader.question(question, { signal: io.signal });
  } finally {
    reader.close();
  }
}
