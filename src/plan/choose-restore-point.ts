/** What a target can be restored from. */
export interface RestoreSources {
  /** Finished backups, newest first. */
  readonly backups: readonly { readonly id: string; readonly takenAt: string }[];
  /** Any moment in here, with point-in-time recovery; null without it. */
  readonly pitr: { readonly from: string; readonly to: string } | null;
}

export type RestoreChoice =
  | { readonly kind: "backup"; readonly id: string; readonly takenAt: string }
  | { readonly kind: "pitr"; readonly takenAt: string };

/** What a drill or an earlier restore measured. */
export interface RestoreRate {
  readonly bytes: number;
  readonly ms: number;
  readonly at: string;
}

export interface RestoreEstimate {
  /** Writes of this long are lost. */
  readonly rpoMs: number;
  /** How long the project will be away. */
  readonly rtoMs: number;
  readonly basis: "measured" | "assumed";
  /** Said before anybody is asked. */
  readonly lines: readonly string[];
}

/** The platform gives point-in-time recovery a worst case of two minutes (Supabase docs, "Database backups"). */
const pitrGranularityMs = 120_000;

/** Carefully low: the platform publishes no figure. Bytes per ms, and what every restore costs whatever its size. */
const assumed = {
  local: { rate: 100_000, fixedMs: 3_000 },
  hosted: { rate: 20_000, fixedMs: 180_000 },
} as const;

/** The latest point at or before `before`; with point-in-time recovery that very moment. Null when there is none. */
export function chooseRestorePoint({ backups, pitr }: RestoreSources, before: string): RestoreChoice | null {
  const wanted = Date.parse(before);
  if (pitr != null && wanted >= Date.parse(pitr.from) && wanted <= Date.parse(pitr.to)) {
    return { kind: "pitr", takenAt: new Date(wanted).toISOString() };
  }
  const [point] = backups
    .filter(({ takenAt }) => Date.parse(takenAt) <= wanted)
    .toSorted((a, b) => Date.parse(b.takenAt) - Date.parse(a.takenAt));
  return point == null ? null : { kind: "backup", id: point.id, takenAt: point.takenAt };
}

export interface EstimateInput {
  readonly choice: RestoreChoice;
  readonly now: number;
  readonly databaseBytes: number;
  readonly hosted: boolean;
  /** The last one measured on this kind of target; null when none was. */
  readonly rate: RestoreRate | null;
}

/** What a restore loses and how long it takes, and where that is known from. */
export function estimateRestore({
  choice,
  now,
  databaseBytes,
  hosted,
  rate,
}: EstimateInput): RestoreEstimate {
  const uncertain = choice.kind === "pitr" ? pitrGranularityMs : 0;
  const rpoMs = Math.max(0, now - Date.parse(choice.takenAt)) + uncertain;
  const guess = assumed[hosted ? "hosted" : "local"];
  const rtoMs = Math.round(
    rate == null || rate.bytes === 0
      ? guess.fixedMs + databaseBytes / guess.rate
      : rate.ms * Math.max(1, databaseBytes / rate.bytes),
  );
  const basis = rate == null || rate.bytes === 0 ? "assumed" : "measured";
  const size = `${Math.max(1, Math.round(databaseBytes / 1024 ** 2))} MiB`;
  return {
    rpoMs,
    rtoMs,
    basis,
    lines: [
      `restores ${choice.kind === "pitr" ? "the moment" : `backup ${choice.id} of`} ${choice.takenAt}`,
      `lost: everything written since, ${formatSpan(rpoMs)}${uncertain > 0 ? " at worst" : ""}`,
      basis === "measured"
        ? `away for about ${formatSpan(rtoMs)}: ${size}, as fast as on ${rate?.at}`
        : `away for about ${formatSpan(rtoMs)}: ${size} at an assumed rate; no drill has measured it yet`,
      ...(hosted
        ? [
            "not restored: files in Storage, passwords of custom roles; replication slots must be dropped before",
          ]
        : []),
    ],
  };
}

/** `45 s`, `12 min`, `3 h 20 min`, `2 days 3 h`. */
export function formatSpan(ms: number): string {
  const seconds = Math.ceil(ms / 1000);
  if (seconds < 90) return `${seconds} s`;
  const minutes = Math.ceil(seconds / 60);
  if (minutes < 90) return `${minutes} min`;
  const hours = Math.floor(minutes / 60);
  if (hours < 48) return `${hours} h ${minutes % 60} min`;
  return `${Math.floor(hours / 24)} days ${hours % 24} h`;
}
