export interface RailsInput {
  /** Asks for the ref before it is written to: production. */
  readonly guarded: boolean;
  readonly url: string;
  /** Highest arrivals per second of the run. */
  readonly rate: number;
  readonly durationMs: number;
  /** Named on the command line. */
  readonly host: string | undefined;
  readonly maxRate: number | undefined;
}

/** Access tokens of synthetic users live for an hour. */
const longestRunMs = 55 * 60 * 1000;

/** What keeps a load from being sent, each with its way out; empty when nothing does. */
export function judgeRails({ guarded, url, rate, durationMs, host, maxRate }: RailsInput): readonly string[] {
  const own = new URL(url).host;
  return [
    ...(guarded && host == null
      ? [`a guarded target's host must be named: --host ${own}`]
      : host != null && host !== own
        ? [`--host ${host} is not the target's host, which is ${own}`]
        : []),
    ...(guarded && maxRate == null
      ? [`a guarded target's highest rate must be named: --max-rate ${rate}`]
      : maxRate != null && rate > maxRate
        ? [`--rate ${rate} is above --max-rate ${maxRate}`]
        : []),
    ...(durationMs > longestRunMs
      ? [`a run may last ${longestRunMs / 1000} s at most: the users' tokens live for an hour`]
      : []),
  ];
}
