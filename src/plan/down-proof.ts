import type { Catalog } from "./catalog.ts";
import type { Loss } from "./down/losses.ts";
import type { MigrationFile } from "./migration-file.ts";

/** A migration that drops or narrows: code of the release before it cannot run on what it leaves. */
export interface Contract {
  readonly version: string;
  readonly path: string;
  /** One line per object, such as `dropped: column public.notes.title`. */
  readonly changes: readonly string[];
}

/** That downs lead from one catalog to another and back again, on a shadow database. */
export interface DownProof {
  /** Catalog with the migrations that stay. */
  readonly release: Catalog;
  /** Catalog with all migrations. */
  readonly latest: Catalog;
  /** Newest first, a file each; `path` of an assembled one says so. */
  readonly downs: readonly MigrationFile[];
  /** Versions whose down bee wrote. */
  readonly assembled: readonly string[];
  readonly losses: readonly Loss[];
  readonly contracts: readonly Contract[];
  /** Tables of both catalogs that the downs change, in SQL spelling. */
  readonly touched: readonly string[];
  /** Things to know that are no reason to refuse. */
  readonly notes: readonly string[];
}
