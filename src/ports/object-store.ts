/** A bucket. */
export interface ObjectStore {
  /** Answers when it was written, by the store's own clock. */
  write(name: string, body: string | Buffer): Promise<Date>;
  /** Null when there is none of that name. */
  read(name: string): Promise<string | null>;
  list(prefix: string): Promise<readonly string[]>;
  /** What is not there is not missed. */
  remove(name: string): Promise<void>;
  /** Whether somebody without credentials may read it. */
  isPublic(name: string): Promise<boolean>;
}
