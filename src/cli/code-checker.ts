import { BeeError } from "../core/bee-error.ts";
import { readDenoBinary } from "../local/functions/deno-binary.ts";
import type { CodeChecker } from "../ports/code-checker.ts";
import { createDenoChecker } from "../tools/deno-checker.ts";
import { createInvocationRunner } from "../tools/invocation.ts";

/** With the Deno that npm installed, or BEE_DENO_BIN. It gets nothing of this process's environment. */
export function createCodeChecker(env: NodeJS.ProcessEnv): CodeChecker {
  return createDenoChecker({ file: findDeno(env), run: createInvocationRunner({ env: {} }) });
}

function findDeno(env: NodeJS.ProcessEnv): string | null {
  try {
    return readDenoBinary(env);
  } catch (error) {
    if (error instanceof BeeError) return null;
    throw error;
  }
}
