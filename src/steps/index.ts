import type { Step } from "../ports/step.ts";
import { backupCreate } from "./backup-create.ts";
import { databaseDump } from "./database-dump.ts";
import { functionsActivate } from "./functions-activate.ts";
import { functionsStage } from "./functions-stage.ts";
import { infraUnpin } from "./infra-unpin.ts";
import { migrationsApply } from "./migrations-apply.ts";
import { secretsSet } from "./secrets-set.ts";
import { tablesSnapshot } from "./tables-snapshot.ts";

/** Every step there is; a phase names those it takes. */
export const steps: readonly Step[] = [
  backupCreate,
  databaseDump,
  tablesSnapshot,
  migrationsApply,
  secretsSet,
  functionsStage,
  functionsActivate,
  infraUnpin,
];
