import { describe, expect, it } from "vitest";
import { exitCodes } from "../core/exit-code.ts";
import type { Verdict } from "../core/verdict.ts";
import type { Gate } from "../ports/gate.ts";
import { deploy } from "./deploy.ts";
import { createWorld } from "./deploy-world.test-support.ts";

const unproven = "live, but not proven: no release was recorded; the same command measures again";

describe("a deploy that is interrupted", () => {
  it("does not wait for gates after Ctrl-C, and takes none of their answers for a no", async () => {
    const world = createWorld();
    const stop = new AbortController();
    const after = gate(async () => {
      stop.abort();
      return new Promise<Verdict>(() => undefined);
    });
    const outcome = await deploy(world.input({ after, signal: stop.signal }));
    expect(outcome).toMatchObject({ exitCode: exitCodes.interrupted, state: unproven, release: null });
    expect(world.functions.state.live.has("hello")).toBe(true);
    expect(world.lock.state.held).toBeNull();
    expect(world.journal.state.entries.at(-1)).toMatchObject({ type: "end", exitCode: 130 });
  });

  it("changes nothing after Ctrl-C in the gates before", async () => {
    const world = createWorld();
    const stop = new AbortController();
    const before = gate(async () => {
      stop.abort();
      return { kind: "fail", findings: [] };
    });
    const outcome = await deploy(world.input({ before, signal: stop.signal }));
    expect(outcome).toMatchObject({ exitCode: exitCodes.interrupted, state: "nothing was changed" });
    expect(world.countWrites()).toBe(0);
  });

  it("activates nothing once its lease is gone, whoever holds the lock now", async () => {
    const world = createWorld();
    const input = world.input();
    const { secrets } = input.ports;
    const robbed = {
      ...secrets,
      readDigests: async () => {
        if (world.lock.state.held != null) await world.lock.breakLock("ops", "it hung");
        return secrets.readDigests();
      },
    };
    const outcome = await deploy({ ...input, ports: { ...input.ports, secrets: robbed } });
    expect(outcome).toMatchObject({ exitCode: exitCodes.locked, error: { code: "BEE-E550" } });
    expect(world.functions.state.live.size).toBe(0);
    expect(world.ledger.state.releases).toEqual([]);
  });

  it("stays deployed when the lock cannot be given back, and says so", async () => {
    const world = createWorld();
    const notes: string[] = [];
    const input = world.input();
    const outcome = await deploy({
      ...input,
      lock: { ...input.lock, release: () => Promise.reject(new Error("connection reset")) },
      emit: (event) => event.type === "note" && event.step == null && notes.push(event.text),
    });
    expect(outcome).toMatchObject({ exitCode: exitCodes.ok, release: { id: "r1" } });
    expect(notes).toEqual(["the lock could not be given back; it runs out within 60 s (connection reset)"]);
  });

  it("removes the synthetic users of a run that died, before it records", async () => {
    const world = createWorld();
    const input = world.input();
    const events: string[] = [];
    await deploy({
      ...input,
      ports: {
        ...input.ports,
        database: { ...input.ports.database, query: async <Row>() => [{ id: "left" } as Row] },
        app: {
          ...input.ports.app,
          removeUser: async (id) => {
            events.push(`removed ${id}`);
          },
        },
        ledger: {
          ...input.ports.ledger,
          record: async (release, fence) => {
            events.push("recorded");
            return input.ports.ledger.record(release, fence);
          },
        },
      },
    });
    expect(events).toEqual(["removed left", "recorded"]);
  });
});

function gate(check: Gate["check"]): Gate {
  return { id: "fixed", title: "A gate with a given answer", readOnly: false, needs: [], check };
}
