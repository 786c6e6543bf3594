import { afterAll, beforeAll, expect, it } from "vitest";
import { authSettingsSound } from "../../src/gates/auth-settings-sound.ts";
import { errorsQuiet } from "../../src/gates/errors-quiet.ts";
import { inputValidated } from "../../src/gates/input-validated.ts";
import { jwtValidated } from "../../src/gates/jwt-validated.ts";
import { rateLimited } from "../../src/gates/rate-limited.ts";
import { sqlInjectionRefused } from "../../src/gates/sql-injection-refused.ts";
import { timeLimited } from "../../src/gates/time-limited.ts";
import { type GateRig, startGateRig } from "../support/gate-rig.ts";

let rig: GateRig;
beforeAll(async () => {
  rig = await startGateRig();
  // The default of 300 takes a busy machine long to use up.
  await rig.backend.setSecrets({ CALCULATOR_CALLS_PER_MINUTE: "60" });
});
afterAll(() => rig.stop());

it.each([
  jwtValidated,
  inputValidated,
  sqlInjectionRefused,
  errorsQuiet,
  rateLimited,
  timeLimited,
  authSettingsSound,
])("$id passes on the bundled app", async (gate) => {
  expect(await rig.ask(gate)).toMatchObject({ kind: "pass" });
});
