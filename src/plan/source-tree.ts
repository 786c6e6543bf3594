export interface SourceFile {
  /** Relative to the audited folder, posix. */
  readonly path: string;
  /** Without a byte order mark. */
  readonly text: string;
}

/** A file or folder that was left out, and why. */
export interface UnreadSource {
  readonly path: string;
  readonly reason: "too large" | "not text" | "unreadable" | "leads outside" | "too many files";
  readonly detail: string;
}

/** An audited folder as it was read, sorted by path. */
export interface SourceTree {
  readonly files: readonly SourceFile[];
  readonly unread: readonly UnreadSource[];
}
