import type { Gate } from "../ports/gate.ts";
import { accessSound } from "./access-sound.ts";
import { appStability } from "./app-stability.ts";
import { auditDecided } from "./audit-decided.ts";
import { authSettingsSound } from "./auth-settings-sound.ts";
import { backupsRecent } from "./backups-recent.ts";
import { callersVerified } from "./callers-verified.ts";
import { connectionsFree } from "./connections-free.ts";
import { encryptionOn } from "./encryption-on.ts";
import { errorsQuiet } from "./errors-quiet.ts";
import { functionsBoot } from "./functions-boot.ts";
import { functionsDeclared } from "./functions-declared.ts";
import { httpsOnly } from "./https-only.ts";
import { inputValidated } from "./input-validated.ts";
import { jwtValidated } from "./jwt-validated.ts";
import { killSwitchAnswers } from "./kill-switch-answers.ts";
import { metricGates } from "./metric-gates.ts";
import { migrationsApplied } from "./migrations-applied.ts";
import { migrationsSound } from "./migrations-sound.ts";
import { momentumSmoke } from "./momentum-smoke.ts";
import { projectHealthy } from "./project-healthy.ts";
import { rateLimited } from "./rate-limited.ts";
import { recoveryTested } from "./recovery-tested.ts";
import { rlsEnabled } from "./rls-enabled.ts";
import { rlsIsolated } from "./rls-isolated.ts";
import { secretsClean } from "./secrets-clean.ts";
import { secretsPresent } from "./secrets-present.ts";
import { sqlInjectionRefused } from "./sql-injection-refused.ts";
import { timeLimited } from "./time-limited.ts";
import { usersIsolated } from "./users-isolated.ts";

/** Every gate there is; a phase and the checklists name those they ask. */
export const gates: readonly Gate[] = [
  projectHealthy,
  secretsPresent,
  migrationsSound,
  auditDecided,
  functionsBoot,
  callersVerified,
  rlsEnabled,
  accessSound,
  usersIsolated,
  rlsIsolated,
  momentumSmoke,
  killSwitchAnswers,
  migrationsApplied,
  functionsDeclared,
  connectionsFree,
  jwtValidated,
  inputValidated,
  sqlInjectionRefused,
  errorsQuiet,
  rateLimited,
  timeLimited,
  httpsOnly,
  secretsClean,
  backupsRecent,
  recoveryTested,
  encryptionOn,
  authSettingsSound,
  ...metricGates,
  appStability,
];
