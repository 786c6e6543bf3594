import { expect } from "vitest";
import type { MatrixOutcome } from "./kill-matrix.ts";
import type { Sample } from "./sample.ts";

/** Everything with BEE_MATRIX=full, so many of each with a number; else a sample that BEE_MATRIX_SEED varies. */
export function chooseSample(count: number): Sample {
  const wanted = process.env["BEE_MATRIX"];
  if (wanted === "full") return "all";
  return { count: Number(wanted ?? count), seed: Number(process.env["BEE_MATRIX_SEED"] ?? 1) };
}

/** Every run that was struck recovered, and runs were struck. */
export function expectRecovery(outcome: MatrixOutcome): void {
  tell(outcome);
  expect(outcome.failures).toEqual([]);
  expect(outcome.hit).toBeGreaterThan(0);
}

/** At once, and one line per failure: a full matrix takes long. */
function tell({ scenario, points, tried, hit, failures }: MatrixOutcome): void {
  const lines = [
    `${scenario}: ${points} points, ${tried} tried, ${hit} hit, ${tried - failures.length} recovered`,
    ...failures,
  ];
  process.stdout.write(`${lines.join("\n  ")}\n`);
}
