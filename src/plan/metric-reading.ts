import type { Evidence } from "../core/verdict.ts";
import { judgeShare, type Measurement } from "./measurement.ts";

/** From and to, ISO 8601. */
export interface TimeWindow {
  readonly from: string;
  readonly to: string;
}

/** What one source counted of a metric. */
export interface MetricReading extends Pick<Measurement, "bad" | "total" | "source" | "shown"> {
  readonly kind: "counted";
  readonly window?: TimeWindow;
  /** `bad` is a bound: so many at most. It can show that a limit holds, never that it does not. */
  readonly atMost?: true;
  /** More for the evidence. */
  readonly more?: Evidence;
}

/** A source that could not be asked, or had nothing to say. */
export interface SilentSource {
  readonly kind: "silent";
  readonly source: string;
  readonly why: string;
  /** Kept with the run all the same: a later one goes on from it. */
  readonly more?: Evidence;
}

/** Something that says no by itself, whatever is counted. */
export interface BrokenSource {
  readonly kind: "broken";
  readonly source: string;
  readonly why: string;
  readonly more?: Evidence;
}

export type SourceAnswer = MetricReading | SilentSource | BrokenSource;

/** What is judged of a metric. */
export interface MetricLimit {
  /** What counts as bad, in the plural: `calls took 2 s or longer`. */
  readonly bad: string;
  /** The share of bad ones must lie under this. */
  readonly limit: number;
}

export type MetricJudgement =
  | { readonly kind: "pass"; readonly evidence: Evidence }
  | { readonly kind: "fail"; readonly details: readonly string[] }
  | { readonly kind: "inconclusive"; readonly reason: string; readonly figures?: Evidence };

/**
 * One source that shows the limit broken suffices for a no; one that shows it kept, at 95 %, suffices for a yes when no
 * other says no. Everything else is inconclusive, with what each source said.
 */
export function judgeReadings(metric: MetricLimit, answers: readonly SourceAnswer[]): MetricJudgement {
  const judged = answers.map((answer) => ({ answer, ...judgeAnswer(metric, answer) }));
  const over = judged.filter(({ verdict }) => verdict === "over");
  if (over.length > 0) return { kind: "fail", details: over.map(({ text }) => text) };
  const under = judged.find(({ verdict }) => verdict === "under");
  const figures: readonly Evidence[] = answers.flatMap(({ more }) => (more == null ? [] : [more]));
  const others = judged.filter((one) => one !== under);
  if (under?.answer.kind === "counted") {
    const { kind: _kind, more: _more, ...reading } = under.answer;
    const { bound, floor } = judgeShare(reading, metric.limit);
    const share = reading.bad / reading.total;
    return {
      kind: "pass",
      evidence: {
        ...reading,
        share,
        bound,
        floor,
        limit: metric.limit,
        told: under.text,
        ...Object.assign({}, ...figures),
        others: others.map(({ text }) => text),
      },
    };
  }
  return {
    kind: "inconclusive",
    reason: judged.map(({ text }) => text).join("; "),
    ...(figures.length === 0 ? {} : { figures: Object.assign({}, ...figures) as Evidence }),
  };
}

function judgeAnswer(
  { bad, limit }: MetricLimit,
  answer: SourceAnswer,
): { readonly verdict: "over" | "under" | "unsure"; readonly text: string } {
  const { source } = answer;
  if (answer.kind !== "counted") {
    return { verdict: answer.kind === "broken" ? "over" : "unsure", text: `${source}: ${answer.why}` };
  }
  const { kind, bound, floor } = judgeShare(answer, limit);
  const shown = answer.shown == null ? "" : ` (${answer.shown})`;
  const most = answer.atMost === true ? "at most " : "";
  const told = `${source}${renderWindow(answer.window)}: ${most}${answer.bad} of ${answer.total} ${bad}${shown}`;
  const least = `the limit is ${formatShare(limit)}`;
  if (kind === "over" && answer.atMost !== true) return { verdict: "over", text: `${told}; ${least}` };
  if (kind === "under") {
    return { verdict: "under", text: `${told}; at 95 % at most ${formatShare(bound)}, ${least}` };
  }
  const doubt =
    kind === "over"
      ? `that bound is too wide to tell, ${least}`
      : `too few to tell, at 95 % up to ${formatShare(bound)} may be, ${least}; ${floor} without a bad one suffice`;
  return { verdict: "unsure", text: `${told}; ${doubt}` };
}

function renderWindow(window: TimeWindow | undefined): string {
  return window == null ? "" : `, ${toMinute(window.from)} to ${toMinute(window.to)}`;
}

/** `2026-01-02T03:04:05.678Z` → `2026-01-02 03:04Z`. */
export function toMinute(iso: string): string {
  return `${iso.slice(0, 16).replace("T", " ")}Z`;
}

/** 0.0133 → `1.33 %`. */
export function formatShare(share: number): string {
  return `${Number((share * 100).toPrecision(3))} %`;
}
