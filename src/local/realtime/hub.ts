import type { Pool } from "pg";
import type { LogLine, TokenVerifier } from "../identity.ts";
import type { RoleCheck } from "./caller.ts";
import type { Subscriptions } from "./subscriptions.ts";
import type { Topics } from "./topics.ts";

/** What all channels share. */
export interface Hub {
  readonly pool: Pool;
  readonly verify: TokenVerifier;
  readonly roles: RoleCheck;
  readonly subscriptions: Subscriptions;
  readonly topics: Topics;
  readonly log: LogLine;
  /** Whether changes flow from the database just now. */
  isLive(): boolean;
  /** Ids of postgres_changes bindings, never 0: clients take that for none. */
  nextId(): number;
}
