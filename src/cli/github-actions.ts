import { appendFile } from "node:fs/promises";
import { renderAnnotations } from "../output/annotations.ts";
import type { CheckReport } from "../output/check-report.ts";
import { renderMarkdown } from "../output/markdown.ts";

/** A step's summary may have 1 MiB (docs: Workflow commands, "Adding a job summary"); more of it would be refused. */
const maxSummary = 1_000_000;

/** Appends to the job's summary; answers the annotations, as text for stdout. */
export async function tellGithub(report: CheckReport, env: NodeJS.ProcessEnv): Promise<string> {
  const file = env["GITHUB_STEP_SUMMARY"];
  const summary = renderMarkdown(report);
  if (file != null && file !== "" && Buffer.byteLength(summary) <= maxSummary)
    await appendFile(file, summary);
  return renderAnnotations(report);
}
