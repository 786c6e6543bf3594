/** All points, or `count` of them that `seed` chooses. */
export type Sample = "all" | { readonly count: number; readonly seed: number };

export function takeSample<T>(points: readonly T[], sample: Sample): readonly T[] {
  if (sample === "all" || sample.count >= points.length) return points;
  const next = mulberry32(sample.seed);
  const left = [...points];
  return Array.from({ length: sample.count }, () => left.splice(Math.floor(next() * left.length), 1)).flat();
}

/** Numbers in [0, 1), the same for the same seed (mulberry32). */
function mulberry32(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}
