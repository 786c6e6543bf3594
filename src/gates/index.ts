import type { Gate } from "../ports/gate.ts";
import { callersVerified } from "./callers-verified.ts";
import { functionsBoot } from "./functions-boot.ts";
import { killSwitchAnswers } from "./kill-switch-answers.ts";
import { migrationsSound } from "./migrations-sound.ts";
import { momentumSmoke } from "./momentum-smoke.ts";
import { projectHealthy } from "./project-healthy.ts";
import { rlsEnabled } from "./rls-enabled.ts";
import { secretsPresent } from "./secrets-present.ts";
import { usersIsolated } from "./users-isolated.ts";

/** Every gate there is; a phase names those it asks. */
export const gates: readonly Gate[] = [
  projectHealthy,
  secretsPresent,
  migrationsSound,
  functionsBoot,
  callersVerified,
  rlsEnabled,
  usersIsolated,
  momentumSmoke,
  killSwitchAnswers,
];
