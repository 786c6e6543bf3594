/** Prices of Cloud Run Jobs per second in the cheaper regions, USD (cloud.google.com/run/pricing). */
const perCpu = 0.000018;
const perGiB = 0.000002;

export interface ShardCost {
  readonly shards: number;
  /** How long each container runs. */
  readonly seconds: number;
  readonly cpu: number;
  readonly memoryMiB: number;
}

/** In words, rounded up; the free tier is not counted. */
export function estimateCost({ shards, seconds, cpu, memoryMiB }: ShardCost): string {
  const usd = shards * seconds * (cpu * perCpu + (memoryMiB / 1024) * perGiB);
  return `about $${(Math.ceil(usd * 100) / 100).toFixed(2)}`;
}
