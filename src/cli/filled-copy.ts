import type { TableShape } from "../engine/sum-tables.ts";
import type { Contents } from "../plan/contents.ts";

/** What a source held when its copy was filled. */
export interface Filled extends Pick<Contents, "catalog" | "tables"> {
  /** Of the platform's tables, the columns that both platforms have. */
  readonly userTables: readonly TableShape[];
  /** Tables written to meanwhile. */
  readonly moving: ReadonlySet<string>;
}
