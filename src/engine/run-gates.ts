import { type ExitCode, exitCodes } from "../core/exit-code.ts";
import type { Verdict } from "../core/verdict.ts";
import type { Emit, GateResult } from "../plan/run-event.ts";
import type { Gate, GateContext } from "../ports/gate.ts";
import type { Clock } from "./clock.ts";

export interface RunGatesInput {
  readonly gates: readonly Gate[];
  readonly context: GateContext;
  readonly emit: Emit;
  readonly clock: Clock;
  /** Milliseconds one gate may take before it counts as inconclusive. */
  readonly timeoutMs?: number;
  /** What attestations and waivers make of a verdict; by itself it stands as measured. */
  readonly policy?: VerdictPolicy | undefined;
}

/** Called with every verdict; answers what holds. */
export type VerdictPolicy = (gate: Gate, verdict: Verdict) => Promise<Verdict>;

/**
 * Asks the gates side by side, then those that must be alone, one by one. A gate that breaks could not measure:
 * inconclusive, never pass.
 */
export async function runGates(input: RunGatesInput): Promise<readonly GateResult[]> {
  const results = new Map<Gate, GateResult>();
  const ask = async (gate: Gate): Promise<void> => {
    results.set(gate, await runGate(gate, input));
  };
  await Promise.all(input.gates.filter(({ alone }) => alone !== true).map(ask));
  for (const gate of input.gates.filter(({ alone }) => alone === true)) await ask(gate);
  return input.gates.flatMap((gate) => results.get(gate) ?? []);
}

async function runGate(gate: Gate, input: RunGatesInput): Promise<GateResult> {
  const { id, title } = gate;
  const started = input.clock.now();
  input.emit({ type: "gate-started", id, title });
  const { timeoutMs = 60_000 } = input;
  // A signal of its own: a gate that is late is told to stop, and the shared one keeps few listeners.
  const late = new AbortController();
  const context = { ...input.context, signal: AbortSignal.any([input.context.signal, late.signal]) };
  const measured = await within(timeoutMs, context, gate.check(context)).catch(couldNotAsk);
  late.abort();
  const verdict = await (input.policy?.(gate, measured) ?? measured);
  const durationMs = input.clock.now() - started;
  input.emit({ type: "gate-ended", id, title, verdict, durationMs });
  return { id, title, verdict, durationMs };
}

/** Fail beats inconclusive beats needs-human. */
export function judgeGates(gates: readonly GateResult[]): ExitCode {
  const kinds = gates.map(({ verdict }) => verdict.kind);
  if (kinds.includes("fail")) return exitCodes.refused;
  if (kinds.includes("inconclusive")) return exitCodes.inconclusive;
  return kinds.includes("needs-human") ? exitCodes.needsHuman : exitCodes.ok;
}

/** True when every verdict lets a deploy go on. */
export function letsPass(results: readonly GateResult[]): boolean {
  return results.every(
    ({ verdict }) =>
      verdict.kind === "pass" || verdict.kind === "waived" || verdict.kind === "not-applicable",
  );
}

function couldNotAsk(error: unknown): Verdict {
  return { kind: "inconclusive", reason: error instanceof Error ? error.message : String(error) };
}

/** The time runs from activation: a gate that began before it waits for the steps as long as they take. */
async function within<T>(
  timeoutMs: number,
  { signal, activated }: GateContext,
  work: Promise<T>,
): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  let interrupt: () => void = () => undefined;
  const ended = new Promise<never>((_resolve, reject) => {
    const late = (): void => reject(new Error(`no answer within ${timeoutMs / 1000} s`));
    activated().then(
      () => {
        timer = setTimeout(late, timeoutMs);
      },
      () => undefined,
    );
    interrupt = () => reject(new Error("interrupted"));
    if (signal.aborted) interrupt();
    signal.addEventListener("abort", interrupt);
  });
  try {
    return await Promise.race([work, ended]);
  } finally {
    clearTimeout(timer);
    signal.removeEventListener("abort", interrupt);
  }
}
