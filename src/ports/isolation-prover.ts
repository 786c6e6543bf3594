import type { Finding } from "../core/verdict.ts";
import type { AccessFingerprint } from "../plan/access/access-fingerprint.ts";
import type { AccessSettings } from "../plan/access/find-owners.ts";
import type { IsolationReport } from "../plan/access/judge-isolation.ts";
import type { Query } from "./database.ts";

export interface IsolationRequest {
  /** Schemas the API exposes. */
  readonly schemas: readonly string[];
  readonly settings?: AccessSettings;
  /** SQL run before anything is read, in the same transaction. */
  readonly before?: string;
  /** SQL that makes rows, run first, in the same transaction. */
  readonly seedSql?: string;
  /** How long one group's attempts may take in all; 120,000 ms when not said. */
  readonly timeoutMs?: number;
  /** What else is to be read from the catalog, in the same transaction. */
  readonly also?: (query: Query) => Promise<readonly Finding[]>;
}

/** Finds out by trying who reaches whose rows. */
export interface IsolationProver {
  /**
   * Makes rows of two users and tries every way to the other's, in one transaction that is always rolled back.
   * Throws BEE-E620 … E624 when it cannot begin.
   */
  prove(request: IsolationRequest): Promise<IsolationReport>;
  /** Reads only: a digest of everything that decides access. */
  fingerprint(schemas: readonly string[]): Promise<AccessFingerprint>;
}
