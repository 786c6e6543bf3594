import type { MatrixOutcome } from "./kill-matrix.ts";
import type { Sample } from "./sample.ts";

/** Everything with BEE_MATRIX=full, so many of each with a number; else a sample that BEE_MATRIX_SEED varies. */
export function chooseSample(count: number): Sample {
  const wanted = process.env["BEE_MATRIX"];
  if (wanted === "full") return "all";
  return { count: Number(wanted ?? count), seed: Number(process.env["BEE_MATRIX_SEED"] ?? 1) };
}

export function tell({ scenario, points, tried, failures }: MatrixOutcome): void {
  process.stdout.write(
    `${scenario}: ${points} points, ${tried} tried, ${tried - failures.length} recovered\n`,
  );
}
