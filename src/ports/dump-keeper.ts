import type { DumpSource } from "../plan/dump-need.ts";

/** A dump on this machine. */
export interface KeptDump {
  readonly file: string;
  /** When it was begun, ISO 8601: what was committed later is not in it. */
  readonly takenAt: string;
  readonly bytes: number;
}

/** Dumps of the app's schemas by pg_dump, kept beside the project. */
export interface DumpKeeper {
  readSource(): Promise<DumpSource>;
  /** Why no dump can be taken of such a server; null when one can. */
  findObstacle(source: Pick<DumpSource, "major">): Promise<string | null>;
  /** Whole or not at all; the oldest beyond three go. Throws BEE-E364 when pg_dump fails. */
  take(schemas: readonly string[], signal: AbortSignal): Promise<KeptDump>;
  /** Newest first; what a killed run left half-written is not among them. */
  list(): Promise<readonly KeptDump[]>;
}
