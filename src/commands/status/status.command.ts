import * as z from "zod";
import { exitCodes } from "../../core/exit-code.ts";
import type { Report } from "../../output/report.ts";
import { judgeMigrations } from "../../plan/judge-migrations.ts";
import { pendingFunctions } from "../../plan/pending-functions.ts";
import type { CommandContext } from "../context.ts";
import { parseFlags, targetFlags } from "../flags.ts";
import { readView } from "../read-view.ts";
import { openProject, readWork } from "../read-work.ts";

const schema = z.strictObject({ ...targetFlags });

/** `bee status`: what is live, since when, and what differs from the files here. Reads only. */
export async function runStatus(flags: unknown, ctx: CommandContext): Promise<Report> {
  const input = parseFlags(schema, flags);
  const project = await openProject(ctx, input.project);
  const work = await readWork(ctx, project, input.target);
  const target = await ctx.connect(project, input.target);
  try {
    const view = await readView(target, work.desired, work.facts.exposedSchemas);
    const holder = await target.lock.read();
    const { actual } = view;
    const judged = judgeMigrations(view.desired.migrations, actual.history);
    const pending = pendingFunctions(view).map(({ slug }) => slug);
    const { release } = actual;
    const functions = actual.functions.map(({ slug, version, status, verifyJwt }) => ({
      slug,
      version,
      status,
      verifyJwt,
      asPlanned: !pending.includes(slug) && view.desired.functions.some((fn) => fn.slug === slug),
    }));
    const data = {
      project: actual.project,
      release,
      migrations: { applied: actual.history.length, pending: judged.pending.map(({ path }) => path) },
      migrationFindings: judged.findings,
      functions,
      pins: actual.pins,
      lock: holder,
    };
    return {
      command: "status",
      target: { name: target.name, ref: target.ref, url: target.url },
      exitCode: exitCodes.ok,
      summary: release == null ? "no release yet" : `release ${release.id} of ${release.recordedAt}`,
      data: {
        ...data,
        release: release == null ? null : { ...release, secrets: release.secrets.map(({ name }) => name) },
      },
      facts: [
        ["project", `${actual.project.name} (${target.ref}) ${actual.project.status}`],
        ["url", target.url],
        [
          "release",
          release == null
            ? "none"
            : `${release.id} by ${release.actor}, ${release.gitSha?.slice(0, 12) ?? "no commit"}${release.gitDirty ? " with changes" : ""}`,
        ],
        [
          "migrations",
          `${actual.history.length} applied, ${judged.pending.length} pending, ${judged.findings.length} findings`,
        ],
        ...functions.map(
          (fn) =>
            [
              "function",
              `${fn.slug} version ${fn.version} ${fn.status}${fn.asPlanned ? "" : ", differs from the files here"}`,
            ] as const,
        ),
        ...actual.pins.map(
          ({ service, revision, pinnedAt }) =>
            ["pinned", `${service} to ${revision} since ${pinnedAt}, until the next deploy`] as const,
        ),
        ["lock", holder == null ? "free" : `${holder.holder}: ${holder.message} until ${holder.expiresAt}`],
      ],
    };
  } finally {
    await target.close();
  }
}
