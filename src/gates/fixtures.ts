import type { GateFixtures } from "../ports/gate-fixture.ts";
import { accessSound } from "./fixtures/access-sound.ts";
import { auditDecided } from "./fixtures/audit-decided.ts";
import { authSettingsSound } from "./fixtures/auth-settings-sound.ts";
import { backupsRecent } from "./fixtures/backups-recent.ts";
import { callersVerified } from "./fixtures/callers-verified.ts";
import { connectionsFree } from "./fixtures/connections-free.ts";
import { encryptionOn } from "./fixtures/encryption-on.ts";
import { errorsQuiet } from "./fixtures/errors-quiet.ts";
import { functionsBoot } from "./fixtures/functions-boot.ts";
import { functionsDeclared } from "./fixtures/functions-declared.ts";
import { httpsOnly } from "./fixtures/https-only.ts";
import { inputValidated } from "./fixtures/input-validated.ts";
import { jwtValidated } from "./fixtures/jwt-validated.ts";
import { killSwitchAnswers } from "./fixtures/kill-switch-answers.ts";
import * as metrics from "./fixtures/metrics.ts";
import { migrationsApplied } from "./fixtures/migrations-applied.ts";
import { migrationsSound } from "./fixtures/migrations-sound.ts";
import { momentumSmoke } from "./fixtures/momentum-smoke.ts";
import { projectHealthy } from "./fixtures/project-healthy.ts";
import { rateLimited } from "./fixtures/rate-limited.ts";
import { recoveryTested } from "./fixtures/recovery-tested.ts";
import { rlsEnabled } from "./fixtures/rls-enabled.ts";
import { rlsIsolated } from "./fixtures/rls-isolated.ts";
import { secretsClean } from "./fixtures/secrets-clean.ts";
import { secretsPresent } from "./fixtures/secrets-present.ts";
import { sqlInjectionRefused } from "./fixtures/sql-injection-refused.ts";
import { timeLimited } from "./fixtures/time-limited.ts";
import { usersIsolated } from "./fixtures/users-isolated.ts";

/** By gate id: the worlds in which `bee verify --self-test` must see each gate block, and see it unable to measure. */
export const gateFixtures: Readonly<Record<string, GateFixtures>> = {
  "project-healthy": projectHealthy,
  "secrets-present": secretsPresent,
  "migrations-sound": migrationsSound,
  "audit-decided": auditDecided,
  "functions-boot": functionsBoot,
  "callers-verified": callersVerified,
  "rls-enabled": rlsEnabled,
  "access-sound": accessSound,
  "users-isolated": usersIsolated,
  "rls-isolated": rlsIsolated,
  "momentum-smoke": momentumSmoke,
  "kill-switch-answers": killSwitchAnswers,
  "migrations-applied": migrationsApplied,
  "functions-declared": functionsDeclared,
  "connections-free": connectionsFree,
  "jwt-validated": jwtValidated,
  "input-validated": inputValidated,
  "sql-injection-refused": sqlInjectionRefused,
  "errors-quiet": errorsQuiet,
  "rate-limited": rateLimited,
  "time-limited": timeLimited,
  "https-only": httpsOnly,
  "secrets-clean": secretsClean,
  "backups-recent": backupsRecent,
  "recovery-tested": recoveryTested,
  "encryption-on": encryptionOn,
  "auth-settings-sound": authSettingsSound,
  "functions-p95": metrics.functionsP95,
  "database-p95": metrics.databaseP95,
  "error-rate": metrics.errorRate,
  uptime: metrics.uptime,
  "realtime-latency": metrics.realtimeLatency,
  "push-success": metrics.pushSuccess,
  "momentum-accuracy": metrics.momentumAccuracy,
  "app-stability": metrics.appStability,
};
