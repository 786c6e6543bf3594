import { expect, it } from "vitest";
import type { GateContext } from "../ports/gate.ts";
import { secretsPresent } from "./secrets-present.ts";

const missing = {
  name: "FCM_SERVICE_ACCOUNT",
  problem: "is missing",
  fix: "Add it.",
  missing: true,
} as const;
const reserved = { name: "SUPABASE_URL", problem: "is a reserved name", fix: "Remove it." };

const ask = (problems: readonly object[], held: readonly string[]) =>
  secretsPresent.check({
    facts: { secretProblems: problems },
    view: {
      desired: { secrets: [] },
      actual: { secretDigests: new Map(held.map((name) => [name, "digest"])) },
    },
  } as unknown as GateContext);

it("takes a secret that only the target holds for set: CI has none of the values", async () => {
  expect(await ask([missing], [missing.name])).toEqual({
    kind: "pass",
    evidence: { names: [], setAsHere: [], onlyOnTarget: [missing.name] },
  });
  expect(await ask([missing], [])).toMatchObject({ kind: "fail", findings: [{ subject: missing.name }] });
});

it("refuses a value that must not be sent, though the target has one of that name", async () => {
  expect(await ask([reserved], [reserved.name])).toMatchObject({
    kind: "fail",
    findings: [{ subject: reserved.name }],
  });
});
