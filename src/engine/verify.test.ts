import { describe, expect, it } from "vitest";
import { BeeError } from "../core/bee-error.ts";
import { exitCodes } from "../core/exit-code.ts";
import type { Verdict } from "../core/verdict.ts";
import type { Waiver } from "../plan/exception.ts";
import { gateScope, type Subject, wantedSubject } from "../plan/scope.ts";
import { defineGate, type Gate } from "../ports/gate.ts";
import { createMemoryEvidenceLog } from "../ports/memory/evidence-log.ts";
import { systemClock } from "./clock.ts";
import { deploy } from "./deploy.ts";
import { createWorld } from "./deploy-world.test-support.ts";
import { guardGates } from "./guard-gates.ts";
import { createVerdictPolicy, describeGate } from "./verdict-policy.ts";
import { type VerifyInput, verify } from "./verify.ts";

const gate = (id: string, check: Gate["check"], readOnly = true): Gate =>
  defineGate({ id, title: id, readOnly, needs: [], check });
const passing = gate("passing", async () => ({ kind: "pass", evidence: {} }));
const looking = gate("looking", async ({ view }) => ({
  kind: "pass",
  evidence: { ref: view.actual.project.ref },
}));

function input(gates: readonly Gate[], changes: Partial<VerifyInput> = {}): VerifyInput {
  const world = createWorld();
  const { ports, readView, facts, lock, emit, clock, signal, actor } = world.input();
  return {
    gates,
    writes: { allowed: true },
    ports,
    desired: { projectName: "world", migrations: [], functions: [], secrets: [] },
    readView,
    facts,
    lock,
    actor,
    policy: async (_gate, verdict) => verdict,
    emit,
    clock,
    signal,
    ...changes,
  };
}

const verdicts = async (asked: VerifyInput): Promise<readonly Verdict[]> =>
  (await verify(asked)).results.map(({ verdict }) => verdict);

describe("guardGates", () => {
  it("lets a gate read a guarded target where it would write to another", async () => {
    const both: Gate = {
      ...gate("both", async () => ({ kind: "pass", evidence: { wrote: true } }), false),
      checkGuarded: async () => ({ kind: "pass", evidence: { wrote: false } }),
    };
    const writes = { allowed: false, why: "add --allow-writes" } as const;
    expect(await verdicts(input(guardGates([both, passing], true), { writes }))).toEqual([
      { kind: "pass", evidence: { wrote: false } },
      { kind: "pass", evidence: {} },
    ]);
    expect(await verdicts(input(guardGates([both], false)))).toEqual([
      { kind: "pass", evidence: { wrote: true } },
    ]);
  });
});

describe("verify", () => {
  it("does not ask gates that write where it may not, and says how it may", async () => {
    let asked = false;
    const writing = gate(
      "writing",
      async () => {
        asked = true;
        return { kind: "pass", evidence: {} };
      },
      false,
    );
    const writes = { allowed: false, why: "add --allow-writes" } as const;
    expect(await verdicts(input([writing, passing], { writes }))).toEqual([
      { kind: "inconclusive", reason: "add --allow-writes" },
      { kind: "pass", evidence: {} },
    ]);
    expect(asked).toBe(false);
  });

  it("holds the lock while a gate writes, and only then", async () => {
    const world = createWorld();
    const { lock } = world;
    const holders: (string | undefined)[] = [];
    const watch = async (): Promise<Verdict> => {
      holders.push((await lock.read())?.message);
      return { kind: "pass", evidence: {} };
    };
    await verify(input([gate("reading", watch)], { lock }));
    await verify(input([gate("writing", watch, false)], { lock }));
    expect(holders).toEqual([undefined, "bee verify"]);
    expect(await lock.read()).toBeNull();
  });

  it("is refused while a deploy holds the lock", async () => {
    const { lock } = createWorld();
    await lock.acquire({ holder: "ci", message: "bee deploy phase1", ttlMs: 60_000 });
    const writing = gate("writing", passing.check, false);
    await expect(verify(input([writing], { lock }))).rejects.toMatchObject({ exit: exitCodes.locked });
    expect(await verdicts(input([passing], { lock }))).toEqual([{ kind: "pass", evidence: {} }]);
  });

  it("makes every gate that looks at a target that does not answer inconclusive", async () => {
    const readView = async (): Promise<never> => {
      throw new Error("connection refused");
    };
    const writing = gate("writing", passing.check, false);
    expect(await verdicts(input([looking, passing, writing], { readView }))).toEqual([
      { kind: "inconclusive", reason: "connection refused" },
      { kind: "pass", evidence: {} },
      { kind: "inconclusive", reason: "the target could not be read, so nothing was written" },
    ]);
  });

  it("is no verdict for whom the target does not know", async () => {
    const unknown = new BeeError({ code: "BEE-E201", message: "401", exit: exitCodes.unauthorised });
    const readView = async (): Promise<never> => {
      throw unknown;
    };
    await expect(verify(input([passing], { readView }))).rejects.toBe(unknown);
  });

  it("asks gates that strain the target after the others, one by one", async () => {
    const order: string[] = [];
    const trace = (id: string, alone: boolean): Gate => ({
      ...gate(id, async () => {
        order.push(`${id} begins`);
        await new Promise((resolve) => setImmediate(resolve));
        order.push(`${id} ends`);
        return { kind: "pass", evidence: {} };
      }),
      alone,
    });
    const { results } = await verify(input([trace("a", true), trace("b", false), trace("c", true)]));
    expect(order).toEqual(["b begins", "b ends", "a begins", "a ends", "c begins", "c ends"]);
    expect(results.map(({ id }) => id)).toEqual(["a", "b", "c"]);
  });

  it("gives up on a gate that does not answer", async () => {
    let told = false;
    const stuck = gate(
      "stuck",
      ({ signal }) =>
        new Promise(() => {
          signal.addEventListener("abort", () => {
            told = true;
          });
        }),
    );
    expect(await verdicts(input([stuck], { timeoutMs: 20 }))).toEqual([
      { kind: "inconclusive", reason: "no answer within 0.02 s" },
    ]);
    expect(told).toBe(true);
  });
});

describe("a waiver", () => {
  const stubborn = gate("stubborn", async () => ({
    kind: "fail",
    findings: [{ key: "k", rule: "stubborn", severity: "error", subject: "s", detail: "d", fix: "f" }],
  }));

  const policyOver = (
    evidence: ReturnType<typeof createMemoryEvidenceLog>,
    subject: Subject,
    notes: string[] = [],
  ) =>
    createVerdictPolicy({
      evidence,
      clock: systemClock,
      readChecklists: async () => [],
      subject: async () => subject,
      note: (text) => notes.push(text),
    });
  const waiverFor = (subject: Subject): Waiver => ({
    of: "gate",
    id: "stubborn",
    reason: "known",
    owner: "Ben",
    expires: "2999-01-01",
    scope: gateScope(describeGate(stubborn, []), subject),
  });

  it("lets a deploy of just that release go on; the next one is asked again", async () => {
    const world = createWorld();
    const evidence = createMemoryEvidenceLog();
    const first = world.input({ before: stubborn });
    const refused = await deploy(first);
    expect(refused.exitCode).toBe(exitCodes.refused);
    const subject = async (): Promise<Subject> => wantedSubject(await first.readView());
    await evidence.append("waive", "ana", waiverFor(await subject()));

    const passed = await deploy({ ...first, policy: policyOver(evidence, await subject()) });
    expect(passed).toMatchObject({ exitCode: exitCodes.ok, release: { id: "r1" } });
    expect(passed.gates[0]?.verdict).toEqual({
      kind: "waived",
      by: "Ben",
      reason: "known",
      until: "2999-01-01",
    });

    world.edit("hello", "export default 2;");
    const next = world.input({ before: stubborn });
    const changed = wantedSubject(await next.readView());
    const again = await deploy({ ...next, policy: policyOver(evidence, changed) });
    expect(again).toMatchObject({ exitCode: exitCodes.refused, release: null, state: "nothing was changed" });
  });

  it("counts no longer once the evidence was changed afterwards", async () => {
    const subject: Subject = { functions: [], migrations: [] };
    const evidence = createMemoryEvidenceLog();
    await evidence.append("waive", "ana", waiverFor(subject));
    const revoked = await evidence.append("waive", "ana", { of: "gate", id: "stubborn", revoked: true });
    await evidence.append("verify", "ana", {});
    evidence.state.records.splice(evidence.state.records.indexOf(revoked), 1);
    const notes: string[] = [];
    const verdict = await policyOver(
      evidence,
      subject,
      notes,
    )(stubborn, { kind: "inconclusive", reason: "x" });
    expect(verdict).toEqual({ kind: "inconclusive", reason: "x" });
    expect(notes).toEqual([expect.stringContaining("so no waiver counts: record 2")]);
  });

  it("does not count when the evidence cannot be read", async () => {
    const notes: string[] = [];
    const policy = createVerdictPolicy({
      evidence: {
        check: async () => {
          throw new Error("connection refused");
        },
        read: async () => [],
      },
      clock: systemClock,
      readChecklists: async () => [],
      subject: async () => ({ functions: [], migrations: [] }),
      note: (text) => notes.push(text),
    });
    expect(await policy(stubborn, { kind: "inconclusive", reason: "x" })).toEqual({
      kind: "inconclusive",
      reason: "x",
    });
    expect(notes).toEqual(["the evidence could not be read, so no waiver counts: connection refused"]);
  });
});
