import type { GateFixtures } from "../ports/gate-fixture.ts";
import { callersVerified } from "./fixtures/callers-verified.ts";
import { connectionsFree } from "./fixtures/connections-free.ts";
import { functionsBoot } from "./fixtures/functions-boot.ts";
import { functionsDeclared } from "./fixtures/functions-declared.ts";
import { killSwitchAnswers } from "./fixtures/kill-switch-answers.ts";
import { metrics } from "./fixtures/metrics.ts";
import { migrationsApplied } from "./fixtures/migrations-applied.ts";
import { migrationsSound } from "./fixtures/migrations-sound.ts";
import { momentumSmoke } from "./fixtures/momentum-smoke.ts";
import { projectHealthy } from "./fixtures/project-healthy.ts";
import { rlsEnabled } from "./fixtures/rls-enabled.ts";
import { secretsPresent } from "./fixtures/secrets-present.ts";
import { usersIsolated } from "./fixtures/users-isolated.ts";

/** By gate id: the worlds in which `bee verify --self-test` must see each gate block, and see it unable to measure. */
export const gateFixtures: Readonly<Record<string, GateFixtures>> = {
  "project-healthy": projectHealthy,
  "secrets-present": secretsPresent,
  "migrations-sound": migrationsSound,
  "functions-boot": functionsBoot,
  "callers-verified": callersVerified,
  "rls-enabled": rlsEnabled,
  "users-isolated": usersIsolated,
  "momentum-smoke": momentumSmoke,
  "kill-switch-answers": killSwitchAnswers,
  "migrations-applied": migrationsApplied,
  "functions-declared": functionsDeclared,
  "connections-free": connectionsFree,
  ...metrics,
};
