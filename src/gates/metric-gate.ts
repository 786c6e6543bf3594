import { findMeasurement, judgeShare } from "../plan/measurement.ts";
import { defineGate, type Gate } from "../ports/gate.ts";
import { finding } from "./finding.ts";

export interface Metric {
  readonly id: string;
  readonly title: string;
  /** What counts as bad, in the plural: `calls that took 2 s or longer`. */
  readonly bad: string;
  /** The share of bad ones must lie under this. */
  readonly limit: number;
  /** What to do when it does not. */
  readonly fix: string;
}

const day = 24 * 60 * 60 * 1000;
const freshDays = 30;

/**
 * A success metric of the plan, judged on the newest measurement in the target's evidence (kind `loadtest`). Too few
 * samples, figures of another release or none at all are inconclusive.
 */
export function defineMetricGate({ id, title, bad, limit, fix }: Metric): Gate {
  return defineGate({
    id,
    title,
    readOnly: true,
    needs: ["evidence"],
    check: async ({ ports, view }) => {
      const measured = findMeasurement(await ports.evidence.read(["loadtest"], 100), id);
      if (measured == null) {
        return { kind: "inconclusive", reason: "no samples: nothing in the evidence measured it" };
      }
      const told = `${measured.bad} of ${measured.total} ${bad} (record ${measured.seq}, ${measured.source})`;
      const live = view.actual.release?.id ?? null;
      if (measured.release !== live) {
        return {
          kind: "inconclusive",
          reason: `measured for release ${measured.release ?? "none"}, live is ${live ?? "none"}: ${told}`,
        };
      }
      const age = Math.floor((Date.now() - Date.parse(measured.at)) / day);
      if (!(age <= freshDays)) {
        return {
          kind: "inconclusive",
          reason: `measured ${age} days ago, at most ${freshDays} count: ${told}`,
        };
      }
      const { kind, bound, floor } = judgeShare(measured, limit);
      if (kind === "over") {
        const detail = `${told}: the limit is ${percent(limit)}`;
        return { kind: "fail", findings: [finding(id, id, detail, fix)] };
      }
      if (kind === "too few") {
        return {
          kind: "inconclusive",
          reason: `too few samples to tell: ${told}; at 95 % up to ${percent(bound)} may be, the limit is ${percent(limit)}; ${floor} without a bad one suffice`,
        };
      }
      const { metric: _named, ...figures } = measured;
      return { kind: "pass", evidence: { ...figures, share: measured.bad / measured.total, bound, limit } };
    },
  });
}

function percent(share: number): string {
  return `${Number((share * 100).toPrecision(3))} %`;
}
