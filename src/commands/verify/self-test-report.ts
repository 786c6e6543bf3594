import { randomUUID } from "node:crypto";
import type { Project } from "../../config/find-project.ts";
import { exitCodes } from "../../core/exit-code.ts";
import { deploy } from "../../engine/deploy.ts";
import { type FixtureResult, type SelfTestResult, selfTest } from "../../engine/self-test.ts";
import { lockTtlMs } from "../../engine/with-lock.ts";
import { gateFixtures } from "../../gates/fixtures.ts";
import { gates } from "../../gates/index.ts";
import type { Report } from "../../output/report.ts";
import { createMemoryJournal } from "../../ports/memory/journal.ts";
import { steps } from "../../steps/index.ts";
import type { CommandContext } from "../context.ts";
import { readView } from "../read-view.ts";
import { readWork, type Work } from "../read-work.ts";
import type { Target } from "../target.ts";

/**
 * `bee verify --self-test`: every automatic gate on a throw-away platform with the project deployed, in the sound
 * world and in both of its own. Never touches a target.
 */
export async function selfTestReport(
  ctx: CommandContext,
  project: Project,
  chosen: readonly string[],
): Promise<Report> {
  const note = (text: string): void => ctx.emit({ type: "note", text });
  const [work, scratch] = await Promise.all([readWork(ctx, project, "local"), ctx.openScratch(project)]);
  try {
    await deployQuietly(ctx, work, scratch.target);
    await scratch.target.ports.backups.create("self-test");
    const results = await selfTest({
      gates: gates.filter(({ id }) => chosen.includes(id)),
      fixtures: gateFixtures,
      ports: scratch.target.ports,
      nowhere: scratch.nowhere,
      facts: work.facts,
      readView: () => readView(scratch.target, work.desired, work.facts.exposedSchemas),
      note,
      clock: ctx.clock,
      signal: ctx.signal,
    });
    return report(results);
  } finally {
    await scratch.close();
  }
}

/** The steps of a deploy and none of its gates: those are what is to be tried. */
async function deployQuietly(ctx: CommandContext, work: Work, target: Target): Promise<void> {
  ctx.emit({ type: "note", text: "deploying the project to it" });
  const outcome = await deploy({
    run: randomUUID(),
    phase: {
      id: "self-test",
      title: "Self-test",
      gatesBefore: [],
      steps: steps.map(({ id }) => id),
      gatesAfter: [],
    },
    targetName: target.name,
    steps,
    gates: [],
    ports: target.ports,
    lock: target.lock,
    lockTtlMs,
    journal: createMemoryJournal(),
    readView: () => readView(target, work.desired, work.facts.exposedSchemas),
    facts: work.facts,
    secretValues: work.secretValues,
    actor: ctx.actor,
    readRevision: async () => ({ gitSha: null, gitDirty: false }),
    tools: { bee: ctx.version, node: process.version },
    emit: () => undefined,
    clock: ctx.clock,
    signal: ctx.signal,
    strict: false,
    onRefusal: "undo",
    confirm: async () => undefined,
  });
  if (outcome.exitCode !== exitCodes.ok) throw outcome.error ?? new Error(outcome.state);
}

function report(results: readonly SelfTestResult[]): Report {
  const unseen = results.filter(({ blocks, inconclusive }) => !blocks.seen || !inconclusive.seen);
  const rows = [
    ["gate", "sound app", "blocked by", "inconclusive by"],
    ...results.map(({ id, sound, blocks, inconclusive }) => [
      id,
      sound,
      describe(blocks),
      describe(inconclusive),
    ]),
  ];
  const widths = [0, 1, 2].map((column) => Math.max(...rows.map((row) => row[column]?.length ?? 0)));
  return {
    command: "verify --self-test",
    exitCode: unseen.length === 0 ? exitCodes.ok : exitCodes.refused,
    summary:
      unseen.length === 0
        ? `all ${results.length} gates were seen to block, and to say when they cannot measure`
        : `not seen to do both: ${unseen.map(({ id }) => id).join(", ")}`,
    text: rows
      .map((row) =>
        row
          .map((cell, column) => cell.padEnd(widths[column] ?? 0))
          .join("  ")
          .trimEnd(),
      )
      .join("\n"),
    data: { selfTest: results },
  };
}

function describe({ title, verdict, seen, broken }: FixtureResult): string {
  if (title == null) return "NOT SEEN: no fixture";
  if (broken != null) return `NOT SEEN: ${title}: ${broken}`;
  return seen ? title : `NOT SEEN: ${title}: ${verdict?.kind ?? "not asked"}`;
}
