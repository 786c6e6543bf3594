import * as z from "zod";
import { type ExitCode, exitCodes } from "../../core/exit-code.ts";
import type { Report } from "../../output/report.ts";
import type { CommandContext } from "../context.ts";
import { parseFlags, targetFlags } from "../flags.ts";
import { openProject } from "../read-work.ts";
import { type Check, checkMachine } from "./check-machine.ts";
import { checkProject } from "./check-project.ts";
import { checkTarget } from "./check-target.ts";

const schema = z.strictObject({ ...targetFlags });

/** `bee doctor`: this machine, the project and the way to the target, each line ok, warn or fail with its fix. */
export async function runDoctor(flags: unknown, ctx: CommandContext): Promise<Report> {
  const input = parseFlags(schema, flags);
  const project = await openProject(ctx, input.project);
  const checks = (
    await Promise.all([
      checkMachine(project.root),
      checkProject(ctx, project, input.target),
      checkTarget(ctx, project, input.target),
    ])
  ).flat();
  const failed = checks.filter(({ state }) => state === "fail").length;
  const warned = checks.filter(({ state }) => state === "warn").length;
  const exitCode: ExitCode = failed > 0 ? exitCodes.refused : exitCodes.ok;
  return {
    command: "doctor",
    exitCode,
    summary: failed + warned === 0 ? "all well" : `${failed} failed, ${warned} warnings`,
    text: checks.map(renderCheck).join("\n"),
    data: { checks },
  };
}

function renderCheck({ state, subject, found, fix }: Check): string {
  const line = `${state.padEnd(4)}  ${subject}: ${found}`;
  return fix == null ? line : `${line}\n      fix: ${fix}`;
}
