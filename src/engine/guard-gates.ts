import type { Gate } from "../ports/gate.ts";

/** The gates as a guarded target is asked: those with a way to measure by reading alone take it. */
export function guardGates(gates: readonly Gate[], guarded: boolean): readonly Gate[] {
  if (!guarded) return gates;
  return gates.map(({ checkGuarded, ...gate }) =>
    checkGuarded == null ? gate : { ...gate, readOnly: true, check: checkGuarded },
  );
}
