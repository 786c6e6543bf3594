import type { StepResult } from "../plan/run-event.ts";

export interface StepBarrier {
  settle(result: StepResult): void;
  /** Nothing more will end: who still waits is told so. */
  close(): void;
  /** Resolves when all of these steps have ended well; rejects when one did not. */
  ended(ids: readonly string[]): Promise<void>;
}

/** Lets gates wait for the steps they need while the others still run. */
export function createStepBarrier(): StepBarrier {
  const gates = new Map<string, PromiseWithResolvers>();
  let closed = false;
  const gateOf = (id: string): PromiseWithResolvers => {
    const known = gates.get(id) ?? withResolvers();
    gates.set(id, known);
    if (closed) known.reject(new Error(`${id} did not end well`));
    return known;
  };
  return {
    settle({ id, status }) {
      if (status === "done" || status === "unchanged") gateOf(id).resolve();
      else gateOf(id).reject(new Error(`${id} did not end well`));
    },
    close() {
      closed = true;
      for (const [id, { reject }] of gates) reject(new Error(`${id} did not end well`));
    },
    async ended(ids) {
      await Promise.all(ids.map((id) => gateOf(id).promise));
    },
  };
}

interface PromiseWithResolvers {
  readonly promise: Promise<void>;
  readonly resolve: () => void;
  readonly reject: (error: Error) => void;
}

/** As Promise.withResolvers, which Node 20 does not have. A rejection nobody waits for is no failure. */
function withResolvers(): PromiseWithResolvers {
  let resolve: () => void = () => undefined;
  let reject: (error: Error) => void = () => undefined;
  const promise = new Promise<void>((onResolve, onReject) => {
    resolve = onResolve;
    reject = onReject;
  });
  promise.catch(() => undefined);
  return { promise, resolve, reject };
}
