/** The commit that the project's files come from. */
export interface Revision {
  /** Null outside a git checkout, or where git is not installed. */
  readonly gitSha: string | null;
  /** The files differed from it. */
  readonly gitDirty: boolean;
}
