import { describe, expect, it } from "vitest";
import { failureOf } from "../../tests/support/target.ts";
import type { InfrastructureVariables } from "../ports/infrastructure.ts";
import { createMemoryInfrastructure } from "../ports/memory/infrastructure.ts";
import { applyInfrastructure } from "./apply-infrastructure.ts";

const wanted = ({ deploy_functions }: InfrastructureVariables) =>
  deploy_functions === false ? [] : ["a", "b"];

describe("changing the infrastructure", () => {
  it("applies what was shown and keeps no plan", async () => {
    const cloud = createMemoryInfrastructure(wanted);
    await applyInfrastructure(cloud, await cloud.plan({}), {}, []);
    expect([...cloud.state.resources]).toEqual(["a", "b"]);
    await applyInfrastructure(cloud, await cloud.plan({}), {}, []);
    const off = { deploy_functions: false };
    const plan = await cloud.plan(off);
    expect(await failureOf(applyInfrastructure(cloud, plan, off, ["a"]))).toMatchObject({ code: "BEE-E815" });
    expect([...cloud.state.resources]).toEqual(["a", "b"]);
    await applyInfrastructure(cloud, plan, off, ["a", "b"]);
    expect([...cloud.state.resources]).toEqual([]);
    expect(cloud.state.saved.size).toBe(0);
    expect(await failureOf(cloud.apply(plan, ["a", "b"]))).toMatchObject({ code: "BEE-E816", exit: 6 });
  });

  it("says what a new plan still has", async () => {
    const cloud = createMemoryInfrastructure(wanted);
    const forgetful = { ...cloud, apply: async () => {} };
    expect(await failureOf(applyInfrastructure(forgetful, await cloud.plan({}), {}, []))).toMatchObject({
      code: "BEE-E819",
      exit: 7,
      detail: "create a\ncreate b",
    });
  });
});
