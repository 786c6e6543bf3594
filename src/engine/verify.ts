import { BeeError } from "../core/bee-error.ts";
import { exitCodes } from "../core/exit-code.ts";
import type { Verdict } from "../core/verdict.ts";
import type { Emit, GateResult } from "../plan/run-event.ts";
import type { Desired, View } from "../plan/view.ts";
import type { DeployLock } from "../ports/deploy-lock.ts";
import type { Gate, GateContext, GatePorts, ProjectFacts } from "../ports/gate.ts";
import type { Clock } from "./clock.ts";
import { createProbeUsers } from "./probe-users.ts";
import { runGates, type VerdictPolicy } from "./run-gates.ts";
import { lockTtlMs, withLock } from "./with-lock.ts";

export interface VerifyInput {
  readonly gates: readonly Gate[];
  /** Whether gates that write synthetic data may be asked. */
  readonly writes: { readonly allowed: true } | { readonly allowed: false; readonly why: string };
  readonly ports: Omit<GatePorts, "users">;
  readonly desired: Desired;
  readonly readView: () => Promise<View>;
  readonly facts: ProjectFacts;
  readonly lock: DeployLock;
  readonly actor: string;
  readonly policy: VerdictPolicy;
  readonly emit: Emit;
  readonly clock: Clock;
  readonly signal: AbortSignal;
  readonly timeoutMs?: number;
}

export interface VerifyOutcome {
  /** In the order of the gates. */
  readonly results: readonly GateResult[];
  /** Null when the target could not be read. */
  readonly view: View | null;
}

/**
 * Asks gates outside a deploy. Those that write synthetic data hold the target's deploy lock meanwhile: a deploy would
 * take their users away, and they would judge a target in motion. Whoever is not known is refused with exit 8; a target
 * that does not answer makes every gate that looks at it inconclusive.
 */
export async function verify(input: VerifyInput): Promise<VerifyOutcome> {
  const { view, context } = await readContext(input);
  const writes =
    view == null
      ? { allowed: false, why: "the target could not be read, so nothing was written" }
      : input.writes;
  const asked = input.gates.map((gate) =>
    gate.readOnly || writes.allowed ? gate : refuse(gate, "why" in writes ? writes.why : ""),
  );
  const writing = asked.some(({ readOnly }) => !readOnly);
  const run = (signal: AbortSignal): Promise<readonly GateResult[]> =>
    ask(input, asked, { ...context, signal });
  if (!writing) return { results: await run(input.signal), view };
  const note = (text: string): void => input.emit({ type: "note", text });
  const request = { holder: input.actor, message: "bee verify", ttlMs: lockTtlMs };
  const results = await withLock(input.lock, request, input.signal, (_lease, signal) => run(signal), note);
  return { results, view };
}

async function ask(
  input: VerifyInput,
  gates: readonly Gate[],
  context: Omit<GateContext, "ports">,
): Promise<readonly GateResult[]> {
  const { ports, emit, clock, policy, timeoutMs } = input;
  const users = createProbeUsers(ports.app, ports.database);
  try {
    return await runGates({
      gates,
      context: { ...context, ports: { ...ports, users } },
      emit,
      clock,
      policy,
      ...(timeoutMs == null ? {} : { timeoutMs }),
    });
  } finally {
    // Only who holds the lock may sweep; without writing gates no user was made.
    if (gates.some(({ readOnly }) => !readOnly)) {
      const left = await users.removeAll();
      if (left.length > 0)
        emit({ type: "note", text: `synthetic users could not be removed: ${left.join(", ")}` });
    }
  }
}

/** The same gate, saying why it was not asked. */
function refuse(gate: Gate, reason: string): Gate {
  return { ...gate, readOnly: true, check: async (): Promise<Verdict> => ({ kind: "inconclusive", reason }) };
}

async function readContext(
  input: VerifyInput,
): Promise<{ readonly view: View | null; readonly context: Omit<GateContext, "ports"> }> {
  const { facts, desired, signal } = input;
  const rest = { facts, activated: async () => undefined, signal };
  try {
    const view = await input.readView();
    return { view, context: { ...rest, view } };
  } catch (error) {
    if (error instanceof BeeError && error.exit === exitCodes.unauthorised) throw error;
    return { view: null, context: { ...rest, view: hideActual(desired, error) } };
  }
}

/** A view of a target that could not be read: looking at it fails with why. */
export function hideActual(desired: Desired, why: unknown): View {
  return {
    desired,
    get actual(): never {
      throw why;
    },
  };
}
