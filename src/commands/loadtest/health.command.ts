import * as z from "zod";
import type { Report } from "../../output/report.ts";
import { assemblePlan } from "../../plan/load/assemble-plan.ts";
import { judgeLoad } from "../../plan/load/judge-load.ts";
import type { LoadPlan, LoadResult } from "../../plan/load/result.ts";
import { assembleStages } from "../../plan/load/schedule.ts";
import type { CommandContext } from "../context.ts";
import { parseFlags } from "../flags.ts";
import { openProject } from "../read-work.ts";
import type { Target } from "../target.ts";
import { agreeOnLoad } from "./agree-on-load.ts";
import { preparePage, probeFlags } from "./load-flags.ts";
import { readLimits } from "./load-limits.ts";
import { createLoadProgress } from "./load-progress.ts";
import { endLoad } from "./load-report.ts";

const schema = z.strictObject({
  ...probeFlags,
  rate: z.coerce.number().positive().max(100).default(10),
  duration: z.coerce.number().positive().default(300),
});

const inFlightLimit = 200;

/** Whatever is no error of the server shows that it is up. */
const answers = Array.from({ length: 400 }, (_, index) => 100 + index);

/** `bee loadtest health`: probes at fixed times from outside; each run adds to what the uptime gate judges. */
export async function runLoadHealth(flags: unknown, ctx: CommandContext): Promise<Report> {
  const input = parseFlags(schema, flags);
  const project = await openProject(ctx, input.project);
  const page = await preparePage(input.page, ctx.cwd);
  const limits = await readLimits("uptime");
  const target = await ctx.connect(project, input.target);
  try {
    ctx.emit({ type: "target", name: target.name, ref: target.ref, url: target.url });
    const durationMs = Math.round(input.duration * 1000);
    const plan = assemblePlan({
      what: "health",
      scenario: "probes",
      profile: "constant",
      rate: input.rate,
      durationMs,
      warmUpMs: 0,
      limitMs: limits.limitMs,
    });
    const estimate = `send about ${plan.planned} probes within ${input.duration} s, ${input.rate} per second`;
    const where = ` to ${new URL(target.url).host}`;
    const release = await agreeOnLoad({ ctx, target, input, plan, estimate, where });
    const result = await probe(ctx, target, plan);
    const judgement = judgeLoad(result, limits);
    return await endLoad({ ctx, target, release, result, judgement, left: 0, page });
  } finally {
    await target.close();
  }
}

/** In turn: auth, the REST API and each function, which a preflight asks nothing. */
async function probe(ctx: CommandContext, target: Target, plan: LoadPlan): Promise<LoadResult> {
  const [{ runOpenModel }, { createHttpSender }, { publishable }, functions] = await Promise.all([
    import("../../tools/load/open-model.ts"),
    import("../../tools/load/http-sender.ts"),
    target.ports.project.readApiKeys(),
    target.ports.functions.list(),
  ]);
  const headers = { apikey: publishable };
  const probes = [
    { name: "auth", method: "GET", path: "/auth/v1/health" },
    { name: "rest", method: "GET", path: "/rest/v1/" },
    ...functions.map(({ slug }) => ({ name: slug, method: "OPTIONS", path: `/functions/v1/${slug}` })),
  ];
  const sender = createHttpSender({ url: target.url, maxSockets: inFlightLimit, timeoutMs: plan.limitMs });
  try {
    return await runOpenModel({
      plan,
      stages: assembleStages(plan.profile, plan.rate, plan.durationMs),
      call: (n) => {
        const { name, method, path } = probes[n % probes.length] ?? probes[0]!;
        return {
          endpoint: { name, isFunction: false },
          run: (cut) =>
            sender.send({ method, path, headers, body: null, accepts: answers, contains: null }, cut),
        };
      },
      inFlightLimit,
      signal: ctx.signal,
      onSecond: createLoadProgress(ctx, plan),
    });
  } finally {
    sender.close();
  }
}
