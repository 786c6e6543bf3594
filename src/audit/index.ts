import type { SourceTree } from "../plan/source-tree.ts";
import { definerSearchPath } from "./migrations/definer-search-path.ts";
import { duplicateVersion } from "./migrations/duplicate.ts";
import { illNamed } from "./migrations/ill-named.ts";
import { sqlSyntax } from "./migrations/sql-syntax.ts";
import { transactionControl } from "./migrations/transaction-control.ts";
import type { MigrationWorld } from "./migrations/world.ts";
import type { Rule, RuleText } from "./rule.ts";
import { sourceUnread } from "./sources/source-unread.ts";

/** Every rule of `bee audit`, by what it looks at. Adding one is a file and a line here. */
export const sourceRules: readonly Rule<SourceTree>[] = [sourceUnread];

export const migrationRules: readonly Rule<MigrationWorld>[] = [
  sqlSyntax,
  illNamed,
  duplicateVersion,
  transactionControl,
  definerSearchPath,
];

export const allRules: readonly RuleText[] = [...sourceRules, ...migrationRules];
