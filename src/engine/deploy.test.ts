import { describe, expect, it } from "vitest";
import { BeeError } from "../core/bee-error.ts";
import { exitCodes } from "../core/exit-code.ts";
import type { Verdict } from "../core/verdict.ts";
import type { Gate } from "../ports/gate.ts";
import { deploy } from "./deploy.ts";
import { createWorld } from "./deploy-world.test-support.ts";

describe("deploy", () => {
  it("takes an empty target to a recorded release", async () => {
    const world = createWorld();
    const outcome = await deploy(world.input());
    expect(outcome.exitCode).toBe(exitCodes.ok);
    expect(outcome.steps.map(({ id, status }) => `${id} ${status}`)).toEqual([
      "backup.create unchanged",
      "database.dump unchanged",
      "tables.snapshot unchanged",
      "migrations.apply done",
      "secrets.set done",
      "functions.stage done",
      "functions.activate done",
      "infra.unpin unchanged",
    ]);
    expect(world.migrations.state.history.map(({ version }) => version)).toEqual([
      "20250101000000",
      "20250102000000",
    ]);
    expect(world.functions.state.live.get("hello")?.version).toBe(1);
    expect(world.ledger.state.releases).toMatchObject([
      { id: "r1", functions: [{ slug: "hello", version: 1 }] },
    ]);
    expect(world.lock.state.held).toBeNull();
  });

  it("writes nothing when nothing changed", async () => {
    const world = createWorld();
    await deploy(world.input());
    const before = world.countWrites();
    const outcome = await deploy(world.input());
    expect(outcome).toMatchObject({
      exitCode: exitCodes.ok,
      state: "nothing to do: release r1 is live as planned",
    });
    expect(outcome.steps.every(({ status }) => status === "unchanged")).toBe(true);
    expect(world.countWrites()).toBe(before);
  });

  it("activates again what somebody else deployed over it", async () => {
    const world = createWorld();
    await deploy(world.input());
    const live = world.functions.state.live.get("hello");
    if (live == null) throw new Error("hello is not live");
    world.functions.state.live.set("hello", { ...live, version: 9, hostSha256: "foreign" });
    const outcome = await deploy(world.input());
    expect(outcome.exitCode).toBe(exitCodes.ok);
    expect(world.functions.state.live.get("hello")).toMatchObject({ version: 10 });
  });

  it("changes nothing when a gate before says no", async () => {
    const world = createWorld();
    const outcome = await deploy(world.input({ before: fixedGate({ kind: "fail", findings: [] }) }));
    expect(outcome).toMatchObject({ exitCode: exitCodes.refused, state: "nothing was changed" });
    expect(world.countWrites()).toBe(0);
    expect(world.lock.state.held).toBeNull();
  });

  it("takes a gate that breaks for inconclusive, never for pass", async () => {
    const world = createWorld();
    const outcome = await deploy(world.input({ before: fixedGate(new Error("connection refused")) }));
    expect(outcome.exitCode).toBe(exitCodes.inconclusive);
    expect(outcome.gates[0]?.verdict).toEqual({ kind: "inconclusive", reason: "connection refused" });
    expect(world.countWrites()).toBe(0);
  });

  it("brings back the prior functions when a gate after says no", async () => {
    const world = createWorld();
    await deploy(world.input());
    const good = world.functions.state.live.get("hello")?.hostSha256;
    world.edit("hello", "export default 2;");
    const outcome = await deploy(world.input({ after: fixedGate({ kind: "fail", findings: [] }) }));
    expect(outcome.exitCode).toBe(exitCodes.rolledBack);
    expect(outcome.steps.at(-2)).toMatchObject({ id: "functions.activate", status: "undone" });
    expect(world.functions.state.live.get("hello")?.hostSha256).toBe(good);
    expect(world.ledger.state.releases).toHaveLength(1);
    expect(world.lock.state.held).toBeNull();
  });

  it("gives pinned services their latest revision again, and nothing is left pinned", async () => {
    const world = createWorld();
    await deploy(world.input());
    const cloud = pinService(world);
    const outcome = await deploy(world.input());
    expect(outcome.exitCode).toBe(exitCodes.ok);
    expect(outcome.plan.steps.at(-1)?.change).toEqual({
      summary: "calculator",
      items: [{ object: "calculator", from: "pinned to c-1", to: "the latest revision" }],
    });
    expect(cloud.serving()).toEqual([latest]);
    expect(world.pins.state.size).toBe(0);
    expect((await deploy(world.input())).plan.pending).toBe(false);
  });

  it("forgets the pin of a service that is gone, or that others moved, and leaves it", async () => {
    const world = createWorld();
    const cloud = pinService(world);
    cloud.set({ revision: "c-7", percent: 100, tag: null });
    world.pins.state.set("gone", { service: "gone", revision: "g-1", before: [latest], pinnedAt: "" });
    expect((await deploy(world.input())).exitCode).toBe(exitCodes.ok);
    expect(cloud.serving()).toEqual([{ revision: "c-7", percent: 100, tag: null }]);
    expect(world.pins.state.size).toBe(0);
  });

  it("pins again when a gate after says no, and brings the functions back even where it cannot", async () => {
    const world = createWorld();
    await deploy(world.input());
    const good = world.functions.state.live.get("hello")?.hostSha256;
    const cloud = pinService(world);
    const refusing = { after: fixedGate({ kind: "fail", findings: [] }) };
    world.edit("hello", "export default 2;");
    const outcome = await deploy(world.input(refusing));
    expect(outcome.state).toContain(
      "calculator is pinned to c-1 again; functions of release r1 are live again",
    );
    expect(cloud.serving()).toEqual([{ revision: "c-1", percent: 100, tag: null }]);
    expect([...world.pins.state.keys()]).toEqual(["calculator"]);
    const input = world.input(refusing);
    const pin = async () => {
      throw new Error("no answer");
    };
    const broken = { ...input, ports: { ...input.ports, pinned: { ...input.ports.pinned, pin } } };
    const stuck = await deploy(broken);
    expect(stuck.exitCode).toBe(exitCodes.rolledBack);
    expect(stuck.state).toContain(
      "calculator could not be pinned again (no answer): bee rollback infra --revision calculator=c-1",
    );
    expect(world.functions.state.live.get("hello")?.hostSha256).toBe(good);
  });

  it("removes again a first function that its gates refuse", async () => {
    const world = createWorld();
    const outcome = await deploy(world.input({ after: fixedGate({ kind: "fail", findings: [] }) }));
    expect(outcome.exitCode).toBe(exitCodes.rolledBack);
    expect(world.functions.state.live.size).toBe(0);
  });

  it("says what is applied when a migration fails, and resumes there", async () => {
    const world = createWorld({ failing: "20250102000000" });
    const outcome = await deploy(world.input());
    expect(outcome.exitCode).toBe(exitCodes.partial);
    expect(outcome.state).toContain("failed migrations.apply");
    expect(world.migrations.state.history.map(({ version }) => version)).toEqual(["20250101000000"]);
    world.failing.clear();
    expect((await deploy(world.input())).exitCode).toBe(exitCodes.ok);
    expect(world.migrations.state.history).toHaveLength(2);
  });

  it("keeps the step's own exit code when nothing was applied", async () => {
    const world = createWorld({ failing: "20250101000000" });
    const outcome = await deploy(world.input({ functions: [] }));
    expect(outcome.exitCode).toBe(exitCodes.usage);
    expect(outcome.state).toBe("nothing was changed");
  });

  it("exits 5 and names the holder while another deploy holds the lock", async () => {
    const world = createWorld();
    await world.lock.acquire({ holder: "ana@laptop pid 7", message: "bee deploy phase1", ttlMs: 60_000 });
    const refusal = await deploy(world.input()).catch((error: unknown) => error);
    expect(refusal).toBeInstanceOf(BeeError);
    expect(refusal).toMatchObject({
      exit: exitCodes.locked,
      message: expect.stringContaining("ana@laptop pid 7"),
    });
    expect(world.countWrites()).toBe(0);
  });

  it("writes an intent before every effect and its result after", async () => {
    const world = createWorld();
    await deploy(world.input());
    const told = world.journal.state.entries.map((entry) =>
      entry.type === "intent" || entry.type === "result" ? `${entry.type} ${entry.step}` : entry.type,
    );
    expect(told[0]).toBe("run");
    expect(told.at(-1)).toBe("end");
    for (const step of ["migrations.apply", "secrets.set", "functions.stage", "functions.activate"]) {
      expect(told.indexOf(`intent ${step}`)).toBeGreaterThan(0);
      expect(told.indexOf(`result ${step}`)).toBeGreaterThan(told.indexOf(`intent ${step}`));
    }
  });

  it("measures again when a run died between activation and the release", async () => {
    const world = createWorld();
    await deploy(world.input({ after: fixedGate(new Error("no answer")) }));
    expect(world.ledger.state.releases).toEqual([]);
    const outcome = await deploy(world.input());
    expect(outcome.release?.id).toBe("r1");
    expect(world.functions.state.live.get("hello")?.version).toBe(1);
  });

  it("starts nothing more after an interruption", async () => {
    const world = createWorld();
    const stop = new AbortController();
    stop.abort();
    const outcome = await deploy(world.input({ signal: stop.signal }));
    expect(outcome.exitCode).toBe(exitCodes.interrupted);
    expect(outcome.steps.map(({ status }) => status)).toEqual(Array.from({ length: 8 }, () => "skipped"));
    expect(world.lock.state.held).toBeNull();
  });
});

function fixedGate(answer: Verdict | Error): Gate {
  return {
    id: "fixed",
    title: "A gate with a fixed answer",
    readOnly: false,
    needs: [],
    check: async () => {
      if (answer instanceof Error) throw answer;
      return answer;
    },
  };
}

const latest = { revision: null, percent: 100, tag: null };

/** A Cloud Run service whose requests a rollback sends to c-1. */
function pinService({ traffic, pins }: ReturnType<typeof createWorld>) {
  const set = (share: typeof latest | { revision: string; percent: number; tag: null }): void => {
    traffic.state.services.set("calculator", {
      name: "calculator",
      etag: "1",
      traffic: [share],
      serving: [share],
      latestReady: "c-2",
      reconciling: false,
      failure: null,
    });
  };
  set({ revision: "c-1", percent: 100, tag: null });
  pins.state.set("calculator", { service: "calculator", revision: "c-1", before: [latest], pinnedAt: "" });
  return { set, serving: () => traffic.state.services.get("calculator")?.serving };
}
