/** One line of text and where it stands. */
export interface RepositoryLine {
  readonly file: string;
  readonly line: number;
  readonly text: string;
  /** The commit that added it; null for a file as it lies on disk. */
  readonly commit: string | null;
}

/** What was read, and what was not because there was too much of it. */
export interface RepositoryExtent {
  readonly files: number;
  readonly commits: number;
  /** Empty when everything was read. */
  readonly leftOut: readonly string[];
}

export interface PrivatePath {
  readonly path: string;
  /** Permission bits, such as 0o600. */
  readonly mode: number;
}

/** The project's folder and its past. Writes nothing; runs nothing that the repository's settings name. */
export interface Repository {
  /** Text files on disk but those that git ignores: sources and built artefacts that would be committed or shipped. */
  readFiles(see: (line: RepositoryLine) => void, signal: AbortSignal): Promise<RepositoryExtent>;
  /** Lines that any reachable commit added. Null when the folder is under no version control. */
  readHistory(see: (line: RepositoryLine) => void, signal: AbortSignal): Promise<RepositoryExtent | null>;
  /** `.env*` files and `.bee`, whose content is nobody else's on the machine. */
  readPrivate(): Promise<readonly PrivatePath[]>;
}
