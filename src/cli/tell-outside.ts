import { reportError } from "../commands/report-outcome.ts";
import { BeeError } from "../core/bee-error.ts";
import { exitCodes } from "../core/exit-code.ts";
import { assembleCheckReport } from "../output/check-report.ts";
import type { Timing } from "../output/render-json.ts";
import type { Report } from "../output/report.ts";
import type { ReportFile } from "./report-files.ts";

/**
 * Writes the files of --report, and tells GitHub when this runs there: its annotations go to `write`. A file that cannot
 * be written is an error of the command, whose exit code it changes only when that was 0.
 */
export async function tellOutside(
  report: Report,
  about: {
    readonly files: readonly ReportFile[];
    readonly timing: Timing;
    readonly version: string;
    readonly env: NodeJS.ProcessEnv;
    readonly write: (text: string) => Promise<void>;
  },
): Promise<Report> {
  if (report.checks == null && report.findings == null) return report;
  const { files, timing, version, env } = about;
  const rendered = assembleCheckReport(report, timing, version);
  try {
    if (files.length > 0) {
      const { writeReportFiles } = await import("./report-files.ts");
      await writeReportFiles(files, rendered, report.subjects ?? []);
    }
    if (env["GITHUB_ACTIONS"] === "true") {
      const { tellGithub } = await import("./github-actions.ts");
      await about.write(await tellGithub(rendered, env));
    }
    return report;
  } catch (error) {
    const own = error instanceof BeeError ? error.exit : exitCodes.bug;
    const exitCode = report.exitCode === exitCodes.ok ? own : report.exitCode;
    return { ...report, exitCode, error: reportError(error) };
  }
}
