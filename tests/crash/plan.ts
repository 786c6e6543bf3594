import type { MatrixOutcome } from "./kill-matrix.ts";
import type { Sample } from "./sample.ts";

/** Everything with BEE_MATRIX=full, else a sample; BEE_MATRIX_SEED repeats one. */
export function chooseSample(count: number): Sample {
  if (process.env["BEE_MATRIX"] === "full") return "all";
  return { count, seed: Number(process.env["BEE_MATRIX_SEED"] ?? 1) };
}

export function tell({ scenario, points, tried, failures }: MatrixOutcome): void {
  process.stdout.write(
    `${scenario}: ${points} points, ${tried} tried, ${tried - failures.length} recovered\n`,
  );
}
