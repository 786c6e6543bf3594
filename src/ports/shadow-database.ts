import type { Catalog } from "../plan/catalog.ts";
import type { MigrationFile } from "../plan/migration-file.ts";
import type { Query } from "./database.ts";

/** What a file did to the shadow that it must not do to the target. */
export class ShadowRefusal extends Error {
  readonly path: string;
  /** Source lines with a caret, the server's detail and hint. */
  readonly lines: readonly string[];

  constructor(path: string, message: string, lines: readonly string[], cause: unknown) {
    super(message, { cause });
    this.path = path;
    this.lines = lines;
  }
}

/** An empty Supabase database for one proof; nobody else sees it. */
export interface Shadow {
  /** Runs a file as a deploy does: in one transaction, or one by one what refuses that. Throws ShadowRefusal. */
  apply(file: MigrationFile): Promise<void>;
  readCatalog(): Promise<Catalog>;
  /** As `postgres`, each statement in a transaction of its own. */
  readonly query: Query;
  close(): Promise<void>;
}

export interface ShadowDatabase {
  /** Throws BEE-E349 when none can be started. */
  open(): Promise<Shadow>;
}
