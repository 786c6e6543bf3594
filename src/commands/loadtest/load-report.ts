import { writeFile } from "node:fs/promises";
import { exitCodes } from "../../core/exit-code.ts";
import { renderLoadPage } from "../../output/load-page.ts";
import { describeLoad } from "../../output/load-text.ts";
import type { Report } from "../../output/report.ts";
import type { LoadJudgement, LoadLine } from "../../plan/load/judge-load.ts";
import type { LoadResult } from "../../plan/load/result.ts";
import type { CommandContext } from "../context.ts";
import type { Target } from "../target.ts";
import { keepResult } from "./keep-result.ts";

export interface LoadEnd {
  readonly ctx: CommandContext;
  readonly target: Target;
  readonly release: string | null;
  readonly result: LoadResult;
  readonly judgement: LoadJudgement;
  /** Synthetic users that could not be removed. */
  readonly left: number;
  /** Where the HTML page goes. */
  readonly page: string | null;
  /** More to tell, such as plans of slow queries. */
  readonly text?: string;
  /** More figures to tell, by label. */
  readonly facts?: readonly (readonly [string, string])[];
  /** More to keep with it, by name. */
  readonly more?: Readonly<Record<string, unknown>>;
}

/** What suffices when not one call is bad (see judgeShare), with a little to spare. */
const enoughCalls = { functions: 300, database: 300, realtime: 60, health: 3000 } as const;

const fixes = {
  functions: "Find the calls in the function's log, by status and duration.",
  database: "See the plans above: an index, or a policy that is evaluated once per row.",
  realtime: "Check the publication supabase_realtime and the calculator's log.",
  health: "Look at the platform's status and the project's logs.",
} as const;

function fixFor({ id, kind }: LoadLine, { plan }: LoadResult): string | null {
  if (kind === "pass") return null;
  if (id === "whole") return "Run it again; what the shards printed tells why.";
  if (id === "generator") return "Run it from a machine with less to do, or with a lower --rate.";
  if (id !== "latency" && id !== "errors") return null;
  if (kind === "fail") return fixes[plan.what];
  const enough = enoughCalls[plan.what];
  const times = plan.planned >= enough ? 2 : enough / Math.max(1, plan.planned);
  return `Run it for longer: --duration ${Math.ceil((plan.durationMs / 1000) * times)}`;
}

/** Keeps the run as evidence, writes its page, and tells both. */
export async function endLoad(end: LoadEnd): Promise<Report> {
  const { target, release, result, judgement, left, page } = end;
  const record = await keepResult(end);
  const facts: (readonly [string, string])[] = [...describeLoad(result), ...(end.facts ?? [])];
  if (record != null) facts.push(["record", `${record}${release == null ? "" : ` (release ${release})`}`]);
  if (page != null) facts.push(["page", await writePage(end, page)]);
  const command = `loadtest ${result.plan.what}`;
  return {
    command,
    target: { name: target.name, ref: target.ref, url: target.url },
    exitCode: exitCodeOf(result, judgement, left),
    summary: `${summarise(result)}${left === 0 ? "" : `; ${left} synthetic users are left`}`,
    checks: [
      {
        id: "loadtest",
        title: `bee ${command} on ${target.name}`,
        checks: judgement.lines.map((line) => {
          const fix = fixFor(line, result);
          const { id, kind: verdict, text: title } = line;
          return { id, title, verdict, findings: [], durationMs: 0, ...(fix == null ? {} : { fix }) };
        }),
      },
    ],
    facts,
    ...(end.text == null || end.text === "" ? {} : { text: end.text }),
    data: {
      verdictOfLoad: judgement.kind,
      lines: judgement.lines,
      measurements: judgement.measurements,
      result,
      release,
      record,
      left,
      ...end.more,
    },
  };
}

/** Its path; or why it is not there, which does not undo the run. */
async function writePage(
  { ctx, target, release, result, judgement }: LoadEnd,
  page: string,
): Promise<string> {
  const at = new Date(ctx.clock.now());
  try {
    await writeFile(page, renderLoadPage({ result, judgement, target: target.name, release, at }));
    return page;
  } catch (error) {
    return `not written: ${error instanceof Error ? error.message : String(error)}`;
  }
}

function exitCodeOf({ ending }: LoadResult, { kind }: LoadJudgement, left: number): Report["exitCode"] {
  if (ending.kind === "interrupted") return exitCodes.interrupted;
  if (kind === "fail") return exitCodes.refused;
  if (kind === "inconclusive") return exitCodes.inconclusive;
  return left > 0 ? exitCodes.needsHuman : exitCodes.ok;
}

function summarise({ latency, all, url }: LoadResult): string {
  if (url != null) return `the figures are at ${url}`;
  const share = all.total === 0 ? 0 : (all.failed / all.total) * 100;
  return `${all.total} calls, p95 ${latency == null ? "unknown" : `${latency.p95.toFixed(1)} ms`}, ${Number(share.toPrecision(2))} % failed`;
}
