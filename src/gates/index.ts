import type { Gate } from "../ports/gate.ts";
import { accessSound } from "./access-sound.ts";
import { callersVerified } from "./callers-verified.ts";
import { connectionsFree } from "./connections-free.ts";
import { functionsBoot } from "./functions-boot.ts";
import { functionsDeclared } from "./functions-declared.ts";
import { killSwitchAnswers } from "./kill-switch-answers.ts";
import { metricGates } from "./metric-gates.ts";
import { migrationsApplied } from "./migrations-applied.ts";
import { migrationsSound } from "./migrations-sound.ts";
import { momentumSmoke } from "./momentum-smoke.ts";
import { projectHealthy } from "./project-healthy.ts";
import { rlsEnabled } from "./rls-enabled.ts";
import { secretsPresent } from "./secrets-present.ts";
import { usersIsolated } from "./users-isolated.ts";

/** Every gate there is; a phase and the checklists name those they ask. */
export const gates: readonly Gate[] = [
  projectHealthy,
  secretsPresent,
  migrationsSound,
  functionsBoot,
  callersVerified,
  rlsEnabled,
  accessSound,
  usersIsolated,
  momentumSmoke,
  killSwitchAnswers,
  migrationsApplied,
  functionsDeclared,
  connectionsFree,
  ...metricGates,
];
