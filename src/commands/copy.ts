import type { Contents } from "../plan/contents.ts";
import type { BackupRestorer } from "../ports/backup-restorer.ts";
import type { Journal } from "../ports/journal.ts";
import type { Target } from "./target.ts";

/** A throw-away copy of a target on a platform of its own, to rehearse on. */
export interface Copy {
  /** Reached as every target is; carries the source's ref, so that its ledger holds for the copy. */
  readonly target: Target;
  readonly restorer: BackupRestorer;
  /** Of what is done to the copy. */
  readonly journal: Journal;
  /** What the source held at the moment it was copied. */
  readonly source: Contents;
  /** Tables the source's users wrote to while it was copied; they cannot be compared. */
  readonly moving: ReadonlySet<string>;
  /** `files`: the data folder as it is. `rows`: the schema from its migrations, then every row. */
  readonly method: "files" | "rows";
  /** Size of the source's database. */
  readonly bytes: number;
  /** What the copy lacks, a line each. */
  readonly notes: readonly string[];
  /** What the copy holds now. */
  readContents(): Promise<Contents>;
  /** Stops everything and deletes all files; repeatable. */
  close(): Promise<void>;
}
