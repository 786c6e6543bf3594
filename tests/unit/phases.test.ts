import { readdirSync } from "node:fs";
import { expect, it } from "vitest";
import { readPhase } from "../../src/config/read-phase.ts";
import { gates } from "../../src/gates/index.ts";
import { steps } from "../../src/steps/index.ts";

const ids = readdirSync("plans").map((name) => name.replace(/\.yaml$/, ""));

it.each(ids)("%s names only gates and steps that exist, and steps in an order that can run", async (id) => {
  const phase = await readPhase(id);
  const known = gates.map((gate) => gate.id);
  expect([...phase.gatesBefore, ...phase.gatesAfter].filter((gate) => !known.includes(gate))).toEqual([]);
  expect(phase.steps.filter((step) => !steps.some((known) => known.id === step))).toEqual([]);
  for (const gate of gates) {
    expect((gate.after ?? []).filter((step) => !steps.some((known) => known.id === step))).toEqual([]);
  }
});
