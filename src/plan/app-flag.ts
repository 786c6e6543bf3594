import { BeeError } from "../core/bee-error.ts";
import { exitCodes } from "../core/exit-code.ts";
import { nearest } from "../core/nearest.ts";

/** How often the app asks for its flags while it is in the foreground (app/lib/core/services/feature_flags.dart). */
export const appPollSeconds = 300;

/** The row whose minimum version holds for the whole app; the others' for their feature alone. */
const appKey = "app";

export interface FlagState {
  readonly enabled: boolean;
  /** JSON text as the database writes it, so that what is put back is exactly what was there. */
  readonly value: string;
  /** `1.2.3`; null asks for none. */
  readonly minimumAppVersion: string | null;
  readonly description: string;
}

export interface AppFlag extends FlagState {
  readonly key: string;
  /** ISO 8601. */
  readonly updatedAt: string;
}

/** Null stands for no row. Plain data: shown, kept in the journal, and turned round to undo it. */
export interface FlagChange {
  readonly key: string;
  readonly from: FlagState | null;
  readonly to: FlagState | null;
}

export interface FlagRequest {
  /** Keys to switch off. */
  readonly off: readonly string[];
  /** Older apps must be updated before they go on; null takes the demand back; absent leaves it. */
  readonly minimumAppVersion?: string | null;
}

/** What differs from the request; empty when all is so already. Throws BEE-E821 (unknown flag), BEE-E822 (version). */
export function assembleFlagChanges(flags: readonly AppFlag[], request: FlagRequest): readonly FlagChange[] {
  const { off, minimumAppVersion } = request;
  if (minimumAppVersion != null && !/^\d{1,4}\.\d{1,4}\.\d{1,4}$/.test(minimumAppVersion)) {
    throw new BeeError({
      code: "BEE-E822",
      message: `"${minimumAppVersion}" is no app version`,
      detail: "Nothing was changed.",
      hint: "Give it as three numbers, such as --minimum-version 1.4.0",
      exit: exitCodes.usage,
    });
  }
  const byKey = new Map(flags.map((flag) => [flag.key, flag]));
  const unknown = off.filter((key) => !byKey.has(key));
  if (unknown.length > 0) throw unknownFlags(unknown, [...byKey.keys()]);
  const wanted = new Map<string, FlagState>();
  for (const key of off) wanted.set(key, { ...stateOf(byKey.get(key)), enabled: false });
  if (minimumAppVersion !== undefined) {
    const current = wanted.get(appKey) ?? stateOf(byKey.get(appKey));
    wanted.set(appKey, { ...current, minimumAppVersion });
  }
  return [...wanted]
    .map(([key, to]) => ({ key, from: byKey.has(key) ? stateOf(byKey.get(key)) : null, to }))
    .filter(({ from, to }) => !sameFlag(from, to) && !(from == null && sameFlag(noFlag, to)))
    .sort((one, other) => (one.key < other.key ? -1 : 1));
}

/** Flags that were switched on, or changed while on, since then: those of a release are its. */
export function findFlagsOnSince(flags: readonly AppFlag[], since: string): readonly string[] {
  const from = Date.parse(since);
  return flags
    .filter(({ enabled, updatedAt }) => enabled && Date.parse(updatedAt) >= from)
    .map(({ key }) => key);
}

export function invertFlagChanges(changes: readonly FlagChange[]): readonly FlagChange[] {
  return changes.map(({ key, from, to }) => ({ key, from: to, to: from }));
}

export function sameFlag(one: FlagState | null, other: FlagState | null): boolean {
  if (one == null || other == null) return one === other;
  return (
    one.enabled === other.enabled &&
    one.value === other.value &&
    one.minimumAppVersion === other.minimumAppVersion &&
    one.description === other.description
  );
}

/** Such as `realtime_updates: on → off`. */
export function describeFlagChange({ key, from, to }: FlagChange): string {
  return `${key}: ${describeFlag(from)} → ${describeFlag(to)}`;
}

export function describeFlag(flag: FlagState | null): string {
  if (flag == null) return "absent";
  const minimum = flag.minimumAppVersion == null ? "" : `, from app version ${flag.minimumAppVersion}`;
  return `${flag.enabled ? "on" : "off"}${minimum}`;
}

/** What the app takes an absent row for, and what the database makes of a new one. */
const noFlag: FlagState = { enabled: false, value: "{}", minimumAppVersion: null, description: "" };

function stateOf(flag: AppFlag | undefined): FlagState {
  if (flag == null) return noFlag;
  const { enabled, value, minimumAppVersion, description } = flag;
  return { enabled, value, minimumAppVersion, description };
}

function unknownFlags(unknown: readonly string[], known: readonly string[]): BeeError {
  const [first = ""] = unknown;
  const near = nearest(first, known);
  return new BeeError({
    code: "BEE-E821",
    message: `There is no flag ${unknown.join(", ")}${near == null ? "" : `; did you mean ${near}?`}`,
    detail: `${known.length === 0 ? "The target has no flags." : `Flags: ${known.toSorted().join(", ")}`}\nNothing was changed.`,
    hint: "A feature without a row is off already.",
    exit: exitCodes.usage,
  });
}
