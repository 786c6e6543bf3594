import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { BeeError } from "../../core/bee-error.ts";
import { exitCodes } from "../../core/exit-code.ts";
import type { Invocation } from "../../plan/invocation.ts";
import type { InvocationResult, RunInvocation } from "../invocation.ts";

/** With a HOME for k6 that is gone afterwards, and with it what was laid there. */
export async function withK6Home<T>(work: (home: string) => Promise<T>): Promise<T> {
  const home = await mkdtemp(join(tmpdir(), "bee-k6-"));
  try {
    return await work(home);
  } finally {
    await rm(home, { recursive: true, force: true });
  }
}

/** An interrupt is an end like others: k6 writes its summary before it goes. */
export async function invokeK6(
  invoke: RunInvocation,
  invocation: Invocation,
  signal: AbortSignal,
  onLine: (line: string) => void,
): Promise<Pick<InvocationResult, "exitCode" | "stderr">> {
  try {
    return await invoke(invocation, signal, onLine);
  } catch (error) {
    if (error instanceof BeeError && error.exit === exitCodes.interrupted)
      return { exitCode: 105, stderr: "" };
    throw error;
  }
}
