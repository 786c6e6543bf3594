import * as z from "zod";
import { BeeError } from "../../core/bee-error.ts";
import { exitCodes } from "../../core/exit-code.ts";
import type { Report } from "../../output/report.ts";
import type { EvidenceRecord } from "../../plan/evidence-record.ts";
import { type ComparedRun, compareRuns } from "../../plan/load/compare.ts";
import { profiles } from "../../plan/load/schedule.ts";
import type { CommandContext } from "../context.ts";
import { parseFlags, targetFlags } from "../flags.ts";
import { openProject } from "../read-work.ts";

const schema = z.strictObject({ before: z.string(), after: z.string(), ...targetFlags });

const percentiles = z.object({
  min: z.number(),
  mean: z.number(),
  p50: z.number(),
  p90: z.number(),
  p95: z.number(),
  p99: z.number(),
  max: z.number(),
});

/** What a kept run must have; evidence is read as what others may have written. */
const runSchema = z.object({
  engine: z.string(),
  plan: z.object({
    what: z.enum(["functions", "database", "realtime", "health"]),
    scenario: z.string(),
    profile: z.enum(profiles),
    rate: z.number(),
    durationMs: z.number(),
    warmUpMs: z.number(),
    limitMs: z.number(),
    planned: z.number(),
  }),
  ending: z.union([
    z.object({ kind: z.enum(["completed", "interrupted"]) }),
    z.object({ kind: z.literal("stopped"), why: z.string() }),
  ]),
  all: z.object({ total: z.int(), failed: z.int(), over: z.int() }),
  latency: percentiles.nullable(),
  p95Range: z.tuple([z.number(), z.number()]).nullable(),
  faults: z.array(z.string()).default([]),
});

/** `bee loadtest compare A B`: two kept runs, by record number or release. */
export async function runLoadCompare(flags: unknown, ctx: CommandContext): Promise<Report> {
  const input = parseFlags(schema, flags);
  const project = await openProject(ctx, input.project);
  const target = await ctx.connect(project, input.target);
  try {
    const records = await target.evidence.read(["loadtest"], 1000);
    const [before, after] = [findRun(records, input.before), findRun(records, input.after)];
    const lines = compareRuns(before.run, after.run);
    const kind = lines.some((line) => line.kind === "fail")
      ? "fail"
      : lines.some((line) => line.kind === "inconclusive")
        ? "inconclusive"
        : "pass";
    return {
      command: "loadtest compare",
      target: { name: target.name, ref: target.ref, url: target.url },
      exitCode:
        kind === "fail" ? exitCodes.refused : kind === "inconclusive" ? exitCodes.inconclusive : exitCodes.ok,
      summary: `record ${before.seq} (${before.release}) → record ${after.seq} (${after.release})`,
      checks: [
        {
          id: "compare",
          title: "Compared with the run before",
          checks: lines.map((line) => ({
            id: line.id,
            title: line.text,
            verdict: line.kind,
            findings: [],
            durationMs: 0,
          })),
        },
      ],
      data: { verdictOfComparison: kind, lines, before, after },
    };
  } finally {
    await target.close();
  }
}

interface FoundRun {
  readonly seq: number;
  readonly at: string;
  readonly release: string;
  readonly run: ComparedRun;
}

/** A number is a record; else the newest whole run of that release. Throws BEE-E863. */
function findRun(records: readonly EvidenceRecord[], asked: string): FoundRun {
  for (const { seq, at, body } of records) {
    const named = /^\d+$/.test(asked) ? seq === Number(asked) : body["release"] === asked;
    const parsed = named ? runSchema.safeParse(body["result"]) : null;
    if (parsed?.success)
      return { seq, at, release: String(body["release"] ?? "no release"), run: parsed.data };
  }
  const known = records.slice(0, 10).map(({ seq, body }) => `${seq} (release ${String(body["release"])})`);
  throw new BeeError({
    code: "BEE-E863",
    message: `No kept load run is ${asked}.`,
    detail: known.length === 0 ? "none was kept yet" : `the newest records of load runs: ${known.join(", ")}`,
    hint: "Name a record's number, as bee loadtest prints it, or a release such as r12.",
    exit: exitCodes.usage,
  });
}
