/**
 * What one function may use. Defaults are the hosted ones
 * (https://supabase.com/docs/guides/functions/limits); tests lower them.
 */
export interface FunctionLimits {
  /** V8 heap. */
  readonly heapMb: number;
  /** Resident memory of the process: the heap, buffers outside it, and Deno itself (about 60 MB). */
  readonly residentMb: number;
  /** CPU time of the main thread without any sign of an answer: a loop, not load. */
  readonly cpuMs: number;
  /** From the request to the first byte of the answer. */
  readonly idleMs: number;
  /** From the request to the last byte of the answer. */
  readonly wallMs: number;
  readonly bootMs: number;
  /** How long a replaced process may finish its requests and background tasks. */
  readonly drainMs: number;
}

export const hostedLimits: FunctionLimits = {
  heapMb: 256,
  residentMb: 400,
  cpuMs: 2_000,
  idleMs: 150_000,
  wallMs: 400_000,
  bootMs: 10_000,
  drainMs: 400_000,
};
