export interface Figure {
  readonly what: string;
  readonly measured: number;
  readonly unit: "ms" | "×" | "%" | "writes" | "requests";
  /** The figure to reach: measured at most this. */
  readonly goal: number | null;
}

export interface Result {
  readonly figures: readonly Figure[];
  readonly samples: Readonly<Record<string, readonly number[]>>;
}

export function renderTable({ figures }: Result): string {
  return figures
    .map(({ what, measured, unit, goal }) => {
      const verdict = goal == null ? "" : measured <= goal ? "  reached" : "  MISSED";
      return `  ${what.padEnd(62)} ${format(measured).padStart(9)} ${unit}${goal == null ? "" : `  (goal ≤ ${goal})`}${verdict}`;
    })
    .join("\n");
}

export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = Math.floor(sorted.length / 2);
  return sorted.length % 2 === 1
    ? (sorted[middle] ?? 0)
    : ((sorted[middle - 1] ?? 0) + (sorted[middle] ?? 0)) / 2;
}

export function round(value: number, digits = 0): number {
  return Math.round(value * 10 ** digits) / 10 ** digits;
}

function format(value: number): string {
  return value < 10 ? value.toFixed(2) : String(Math.round(value));
}
