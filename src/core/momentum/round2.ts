/**
 * Rounds a score to two decimals, halves up, as one would on paper: 1.005 → 1.01, although the double nearest to
 * 1.005 lies below it. Twelve significant digits are taken first, so that the noise of float arithmetic
 * (40.894999999999996 for 40.895) cannot tip a half; then the decimal digits decide, not the binary value.
 * Halves of negative numbers go away from zero. Meant for |value| < 1e9.
 */
export function round2(value: number): number {
  const digits = Math.abs(Number(value.toPrecision(12)));
  // The smallest doubles print with an exponent of their own, which cannot be shifted as text.
  if (digits < 1e-6) return 0;
  const rounded = Number(`${Math.round(Number(`${digits}e2`))}e-2`);
  return value < 0 && rounded > 0 ? -rounded : rounded;
}
