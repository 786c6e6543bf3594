import type { AttachedObject } from "../plan/dump-need.ts";
import type { Fence } from "./deploy-lock.ts";

/** A dump as pg_restore reads it; nothing of the target is asked. */
export interface DumpHeader {
  readonly file: string;
  /** Of the server it was taken from. */
  readonly major: number;
  /** ISO 8601, whole seconds. */
  readonly takenAt: string;
  readonly bytes: number;
  readonly schemas: readonly string[];
  /** Those of them that are the platform's or bee's own, and must not be replaced. */
  readonly foreign: readonly string[];
  /** Versions its history of migrations holds; null when it holds no history. */
  readonly versions: readonly string[] | null;
  /** As it was then; null for a dump that bee did not take: then what is there now is made again. */
  readonly attached: readonly AttachedObject[] | null;
}

/** A dump as SQL, a file per section, private to this user. */
export interface UnpackedDump {
  readonly preData: string;
  /** COPY blocks and sequences. */
  readonly data: string;
  readonly postData: string;
}

export interface DumpReader {
  /** Throws BEE-E362 for what pg_restore cannot read, BEE-E840 without pg_restore. */
  read(file: string): Promise<DumpHeader>;
  /** The files are gone when `work` has ended. Schemas that are there need not be made, those of `there`. */
  unpack<T>(
    header: DumpHeader,
    there: DumpTarget,
    signal: AbortSignal,
    work: (unpacked: UnpackedDump) => Promise<T>,
  ): Promise<T>;
}

/** What of the target decides how a dump is brought back. */
export interface DumpTarget {
  readonly major: number;
  /** Schemas of the dump that exist: they stay, emptied. */
  readonly schemas: readonly string[];
  /** Roles the session may act as. */
  readonly roles: readonly string[];
  /** Objects outside that need something inside and cannot be made again, as people say it. */
  readonly obstacles: readonly string[];
  /** The app's schemas that the dump does not know: made since. */
  readonly newer: readonly string[];
}

export interface DumpRestorer {
  readTarget(schemas: readonly string[]): Promise<DumpTarget>;
  /**
   * Empties the schemas and fills them from the dump, in one transaction of bee's own session that commits only under
   * the fence: who dies before leaves the target as it was. Triggers and policies on tables outside that use what is
   * inside are made again. Answers what could not be. Throws BEE-E367 when rows belong to accounts that are gone,
   * BEE-E364 for anything else that the server refuses.
   */
  restore(
    unpacked: UnpackedDump,
    dump: Pick<DumpHeader, "schemas" | "attached">,
    fence: Fence,
    signal: AbortSignal,
  ): Promise<readonly string[]>;
}
