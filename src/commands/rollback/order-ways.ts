import type { WayBack } from "./layer.ts";

/** By `after`; else as they stand. */
export function orderWays(ways: readonly WayBack[]): readonly WayBack[] {
  const follows = (way: WayBack): boolean => ways.some(({ layer }) => layer === way.after);
  return [...ways.filter((way) => !follows(way)), ...ways.filter(follows)];
}
