import { findMeasurement } from "../plan/measurement.ts";
import { judgeReadings, type MetricLimit, type SourceAnswer } from "../plan/metric-reading.ts";
import type { Release } from "../plan/release.ts";
import { defineGate, type Gate, type GateContext, type GatePorts } from "../ports/gate.ts";
import { finding } from "./finding.ts";

/** Something that counts a metric at the target itself. */
export interface MetricSource {
  /** What is told when it cannot be asked, such as `the functions' log`. */
  readonly name: string;
  read(ctx: GateContext, release: Release): Promise<readonly SourceAnswer[]>;
}

export interface Metric extends MetricLimit {
  readonly id: string;
  readonly title: string;
  /** What to do when the limit does not hold. */
  readonly fix: string;
  /** The command whose records count: `bee loadtest functions`. Null: nothing but the sources. */
  readonly measuredBy: string | null;
  /** What the sources need. */
  readonly needs?: readonly (keyof GatePorts)[];
  readonly sources?: readonly MetricSource[];
}

const day = 24 * 60 * 60 * 1000;
const freshDays = 30;

/**
 * A success metric of the plan, judged on the newest measurement in the target's evidence (kind `loadtest`) and on what
 * its sources count now, all for the release that is live. Reads only.
 */
export function defineMetricGate(metric: Metric): Gate {
  const { id, title, fix, needs = [] } = metric;
  return defineGate({
    id,
    title,
    readOnly: true,
    needs: ["evidence", ...needs],
    check: async (context) => {
      const ctx = context as GateContext;
      const release = ctx.view.actual.release;
      if (release == null) return { kind: "inconclusive", reason: "no samples: nothing was deployed yet" };
      const judged = judgeReadings(metric, [
        ...(await readRecord(metric, ctx, release)),
        ...(await readSources(metric, ctx, release)),
      ]);
      if (judged.kind !== "fail") return judged;
      return { kind: "fail", findings: [finding(id, id, judged.details.join("; "), fix)] };
    },
  });
}

async function readRecord(
  { id, bad, measuredBy }: Metric,
  { ports }: GateContext,
  release: Release,
): Promise<readonly SourceAnswer[]> {
  if (measuredBy == null) return [];
  const silent = (why: string): readonly SourceAnswer[] => [{ kind: "silent", source: measuredBy, why }];
  const measured = findMeasurement(await ports.evidence.read(["loadtest"], 100), id);
  if (measured == null) return silent("no record of it yet");
  const { at, seq, source, total, shown } = measured;
  const told = `${measured.bad} of ${total} ${bad} (record ${seq}, ${source})`;
  if (measured.release !== release.id)
    return silent(`measured for release ${measured.release ?? "none"}, live is ${release.id}: ${told}`);
  const age = Math.floor((Date.now() - Date.parse(at)) / day);
  if (!(age <= freshDays)) return silent(`measured ${age} days ago, at most ${freshDays} count: ${told}`);
  return [
    {
      kind: "counted",
      bad: measured.bad,
      total,
      source: `record ${seq}, ${source}`,
      ...(shown == null ? {} : { shown }),
      more: { record: seq, at },
    },
  ];
}

async function readSources(
  { sources = [] }: Metric,
  ctx: GateContext,
  release: Release,
): Promise<readonly SourceAnswer[]> {
  const answers = await Promise.all(
    sources.map(({ name, read }) =>
      read(ctx, release).catch((error: unknown): readonly SourceAnswer[] => [
        { kind: "silent", source: name, why: error instanceof Error ? error.message : String(error) },
      ]),
    ),
  );
  return answers.flat();
}
