import * as z from "zod";
import type { Report } from "../../output/report.ts";
import { assemblePlan } from "../../plan/load/assemble-plan.ts";
import { judgeLoad, type LoadJudgement } from "../../plan/load/judge-load.ts";
import type { CommandContext } from "../context.ts";
import { parseFlags } from "../flags.ts";
import { openProject } from "../read-work.ts";
import { agreeOnLoad } from "./agree-on-load.ts";
import { preparePage, probeFlags } from "./load-flags.ts";
import { readLimits } from "./load-limits.ts";
import { endLoad } from "./load-report.ts";
import { offerEvents, type SeenUpdates } from "./offer-events.ts";
import { withTenant } from "./tenant.ts";

const schema = z.strictObject({
  ...probeFlags,
  /** One user's calculations are limited to 300 a minute. */
  rate: z.coerce.number().positive().max(4).default(2),
  duration: z.coerce.number().positive().default(40),
});

/** `bee loadtest realtime`: how long until a user sees the score of what they just did, and that nobody else does. */
export async function runLoadRealtime(flags: unknown, ctx: CommandContext): Promise<Report> {
  const input = parseFlags(schema, flags);
  const project = await openProject(ctx, input.project);
  const page = await preparePage(input.page, ctx.cwd);
  const limits = await readLimits("realtime-latency");
  const target = await ctx.connect(project, input.target);
  try {
    ctx.emit({ type: "target", name: target.name, ref: target.ref, url: target.url });
    const durationMs = Math.round(input.duration * 1000);
    const plan = assemblePlan({
      what: "realtime",
      scenario: "event-to-score",
      profile: "constant",
      rate: input.rate,
      durationMs,
      warmUpMs: 0,
      limitMs: limits.limitMs,
    });
    const estimate = `log about ${plan.planned} events of one synthetic user within ${input.duration} s and wait for each score, with a second user who must see none`;
    const release = await agreeOnLoad({ ctx, target, input, plan, estimate });
    const { value: seen, left } = await withTenant(ctx, target, 2, ({ users }, signal) =>
      offerEvents({ ctx, plan, users, signal }),
    );
    const judgement = withIsolation(judgeLoad(seen.result, limits), seen);
    return await endLoad({ ctx, target, release, result: seen.result, judgement, left, page });
  } finally {
    await target.close();
  }
}

/** A score in a stranger's hands is a no, whatever the times; a stranger who sees nothing at all proves nothing. */
function withIsolation(
  judgement: LoadJudgement,
  { result, leaked, strangerSees }: SeenUpdates,
): LoadJudgement {
  if (result.ending.kind === "interrupted") return judgement;
  const { lines, measurements } = judgement;
  if (leaked > 0) {
    const text = `a second user was shown ${leaked} updates of the first`;
    const bad = measurements.map((one) => ({ ...one, bad: one.total, shown: text }));
    return { kind: "fail", lines: [{ id: "foreign", kind: "fail", text }, ...lines], measurements: bad };
  }
  if (!strangerSees) {
    const text = "a second user was not shown their own score, so nothing is known of what they would see";
    const kind = judgement.kind === "pass" ? "inconclusive" : judgement.kind;
    return { ...judgement, kind, lines: [...lines, { id: "foreign", kind: "inconclusive", text }] };
  }
  const text = "a second user was shown their own score alone";
  return { ...judgement, lines: [...lines, { id: "foreign", kind: "pass", text }] };
}
