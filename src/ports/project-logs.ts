import type { Slot } from "../plan/burn-rate.ts";
import type { TimeWindow } from "../plan/metric-reading.ts";

/** Calls of one edge function that the platform logged. */
export interface FunctionCalls {
  readonly functionId: string;
  readonly total: number;
  /** Answered 500 or above: errors, time-outs (504), worker limits (546). */
  readonly failed: number;
  /** Failed, or as slow as was asked. */
  readonly slow: number;
  /** Answered 400 to 499. */
  readonly refused: number;
  /** Answered 429, which is among the refused. */
  readonly limited: number;
  /** Milliseconds in the function. */
  readonly p95Ms: number;
}

/** Boots of one edge function: its cold starts. Milliseconds. */
export interface FunctionBoots {
  readonly functionId: string;
  readonly count: number;
  readonly p50Ms: number;
  readonly p95Ms: number;
  readonly maxMs: number;
}

/**
 * The project's logs. A window is at most 24 h long; lines come late, and what bee's own gates sent is left out, since
 * they send what must be refused. Throws BEE-E755 when lines do not tell what they are asked for.
 */
export interface ProjectLogs {
  readFunctionCalls(window: TimeWindow, slowMs: number): Promise<readonly FunctionCalls[]>;
  readFunctionBoots(window: TimeWindow): Promise<readonly FunctionBoots[]>;
  /** What gateway and functions answered, 500 and above as failed. Ascending; slots without requests are left out. */
  readRequests(window: TimeWindow, slotMs: number): Promise<readonly Slot[]>;
}

/** How gates name themselves, so that their requests can be told from the app's. */
export const probeAgent = "bee-probe";
