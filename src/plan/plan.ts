/** One thing that will be different afterwards. */
export interface ChangeItem {
  readonly object: string;
  /** A digest, a version or a short text; null = does not exist. */
  readonly from: string | null;
  readonly to: string | null;
}

/** What a step will change: plain JSON, by digest. */
export interface Change {
  readonly summary: string;
  readonly items: readonly ChangeItem[];
}

export interface PlannedStep {
  readonly id: string;
  readonly title: string;
  /** Steps that must have ended well before this one starts; the others may run beside it. */
  readonly after: readonly string[];
  /** null = already as planned: left untouched. */
  readonly change: Change | null;
}

/** Everything a deploy will do. Pure data: shown by `bee plan`, applied by `bee deploy`, seen again by resume. */
export interface Plan {
  readonly schemaVersion: 1;
  readonly phase: string;
  readonly target: { readonly name: string; readonly ref: string };
  /** sha256 over phase, target, gates and changes: equal digests, equal work. */
  readonly digest: string;
  readonly gatesBefore: readonly string[];
  readonly steps: readonly PlannedStep[];
  readonly gatesAfter: readonly string[];
  /** False when every step is as planned and the last good release is this very state. */
  readonly pending: boolean;
  /** Things the reader should know: functions nobody declared, secrets that stay, earlier runs that died. */
  readonly notes: readonly string[];
}
