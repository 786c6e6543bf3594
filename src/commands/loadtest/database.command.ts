import * as z from "zod";
import { readHotQueries } from "../../config/read-hot-queries.ts";
import type { Report } from "../../output/report.ts";
import { assemblePlan } from "../../plan/load/assemble-plan.ts";
import { chooseHotQueries, type HotQuery } from "../../plan/load/hot-queries.ts";
import { judgeLoad } from "../../plan/load/judge-load.ts";
import type { LoadPlan, LoadResult } from "../../plan/load/result.ts";
import type { LoadDatabase } from "../../ports/load-database.ts";
import type { CommandContext } from "../context.ts";
import { parseFlags } from "../flags.ts";
import { openProject } from "../read-work.ts";
import { agreeOnLoad } from "./agree-on-load.ts";
import { chooseDatabaseEngine, databaseEngines } from "./choose-database-engine.ts";
import { fillTenant } from "./fill-tenant.ts";
import { durationOf, loadFlags, preparePage, warmUpOf } from "./load-flags.ts";
import { readLimits } from "./load-limits.ts";
import { endLoad } from "./load-report.ts";
import { offerQueries } from "./offer-queries.ts";
import { type TenantUser, withTenant } from "./tenant.ts";
import { watchStatements } from "./watch-statements.ts";

const schema = z.strictObject({ ...loadFlags, engine: z.enum(databaseEngines).default("auto") });

const syntheticUsers = 10;
/** As many as a pooler of a small project lends. */
const sessions = 15;

/** `bee loadtest database`: the app's hot queries as its users, under row level security, at fixed times. */
export async function runLoadDatabase(flags: unknown, ctx: CommandContext): Promise<Report> {
  const input = parseFlags(schema, flags);
  const project = await openProject(ctx, input.project);
  const page = await preparePage(input.page, ctx.cwd);
  const [limits, known, engine] = await Promise.all([
    readLimits("database-p95"),
    readHotQueries(project.root),
    chooseDatabaseEngine(input.engine, input.profile, ctx),
  ]);
  const target = await ctx.connect(project, input.target);
  const database = target.openLoad(sessions);
  try {
    ctx.emit({ type: "target", name: target.name, ref: target.ref, url: target.url });
    const plan = planOf(input, limits.limitMs);
    const estimate = `run about ${plan.planned} queries within ${plan.durationMs / 1000} s, at most ${plan.rate} per second over ${sessions} connections, as ${syntheticUsers} synthetic users`;
    const release = await agreeOnLoad({ ctx, target, input, plan, estimate });
    const tables = await database.readTables();
    const queries = chooseHotQueries(known, tables);
    const { value, left } = await withTenant(ctx, target, syntheticUsers, async ({ users }, signal) => {
      await fillTenant(ctx, target, users, tables);
      const readStatements = await watchStatements(target.ports.database);
      const offer = { ctx, target, database, engine, plan, queries, users, sessions, signal };
      const result = await offerQueries(offer);
      const statements = await readStatements();
      return { result, statements, plans: await explainSlow(database, queries, users, result) };
    });
    const { result, statements, plans } = value;
    return await endLoad({
      ctx,
      target,
      release,
      result,
      judgement: judgeLoad(result, limits),
      left,
      page,
      text: [plans, statements.text].filter((text) => text !== "").join("\n"),
      more: { statements: statements.kept },
    });
  } finally {
    await Promise.all([database.close(), target.close()]);
  }
}

function planOf(input: z.infer<typeof schema>, limitMs: number): LoadPlan {
  const durationMs = durationOf(input);
  const { rate, profile } = input;
  const warmUpMs = warmUpOf(durationMs);
  const scenario = "hot-queries";
  return assemblePlan({ what: "database", scenario, profile, rate, durationMs, warmUpMs, limitMs });
}

/** The plans of the queries whose p95 is over the limit, as one of the users sees them. */
async function explainSlow(
  database: LoadDatabase,
  queries: readonly HotQuery[],
  users: readonly TenantUser[],
  { endpoints, plan }: LoadResult,
): Promise<string> {
  const slow = endpoints.filter(({ latency }) => latency != null && latency.p95 >= plan.limitMs);
  const [user] = users;
  if (user == null) return "";
  const texts = await Promise.all(
    slow.map(async ({ name }) => {
      const query = queries.find((one) => one.name === name);
      if (query == null) return "";
      const told = await database.explain(query, user.userId).catch((error: unknown) => String(error));
      return `${name}\n${query.sql}\n${told}\n`;
    }),
  );
  return texts.join("\n");
}
