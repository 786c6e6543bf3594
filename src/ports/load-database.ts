import type { HotQuery } from "../plan/load/hot-queries.ts";

/** The target's database as the API uses it: role `authenticated`, the user's claims, row level security. */
export interface LoadDatabase {
  /** The tables of schema public. */
  readTables(): Promise<readonly string[]>;
  /** One transaction, rolled back. Null, or the SQLSTATE or error code that kept it from ending. Never rejects. */
  run(query: HotQuery, userId: string): Promise<string | null>;
  /** The plan for that user, as text; what it ran is rolled back. */
  explain(query: HotQuery, userId: string): Promise<string>;
  close(): Promise<void>;
}
