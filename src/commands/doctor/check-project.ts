import { stat } from "node:fs/promises";
import { join } from "node:path";
import type { Project } from "../../config/find-project.ts";
import type { TargetName } from "../../config/schema.ts";
import { judgeMigrations } from "../../plan/judge-migrations.ts";
import type { CommandContext } from "../context.ts";
import { readWork } from "../read-work.ts";
import { reportError } from "../report-outcome.ts";
import type { Check } from "./check-machine.ts";

/** The project's own files, without asking any target. */
export async function checkProject(
  ctx: CommandContext,
  project: Project,
  target: TargetName,
): Promise<readonly Check[]> {
  const config: Check = {
    state: "ok",
    subject: "project",
    found: `${project.config.name} in ${project.root}${project.configFile == null ? ", no bee.config.yaml" : ""}`,
  };
  const modes = await checkModes(project.root, target);
  try {
    const { desired, facts } = await readWork(ctx, project, target);
    const findings = [...facts.migrationFindings, ...judgeMigrations(desired.migrations, []).findings];
    return [
      config,
      ...modes,
      ...(findings.length === 0
        ? [{ state: "ok" as const, subject: "migrations", found: `${desired.migrations.length} files` }]
        : findings.map(({ detail, fix }) => ({
            state: "fail" as const,
            subject: "migrations",
            found: detail,
            fix,
          }))),
      {
        state: "ok",
        subject: "functions",
        found: desired.functions.map(({ slug }) => slug).join(", ") || "none",
      },
      ...(facts.secretProblems.length === 0
        ? [{ state: "ok" as const, subject: "secrets", found: `${desired.secrets.length} for ${target}` }]
        : facts.secretProblems.map(({ name, problem, fix }) => ({
            state: "fail" as const,
            subject: "secrets",
            found: `${name} ${problem}`,
            fix,
          }))),
    ];
  } catch (error) {
    const { message, detail, hint } = reportError(error);
    const found = detail == null ? message : `${message}\n      ${detail.replaceAll("\n", "\n      ")}`;
    return [
      config,
      ...modes,
      { state: "fail", subject: "sources", found, ...(hint == null ? {} : { fix: hint }) },
    ];
  }
}

/** Files with secrets that others on this machine may read. */
async function checkModes(root: string, target: TargetName): Promise<readonly Check[]> {
  const checks = await Promise.all(
    [`.env.${target}`, ".bee"].map(async (name): Promise<Check | null> => {
      const { mode } = await stat(join(root, name)).catch(() => ({ mode: 0 }));
      if ((mode & 0o077) === 0) return null;
      const fix = `chmod ${name === ".bee" ? "700" : "600"} ${name}`;
      return { state: "warn", subject: name, found: "readable by others", fix };
    }),
  );
  return checks.filter((check) => check != null);
}
