import { exitCodes } from "../../core/exit-code.ts";
import type { Report } from "../../output/report.ts";
import type { Target } from "../target.ts";

/** `bee verify --chain`: recomputes every link of the target's evidence. */
export async function chainReport(target: Target): Promise<Report> {
  const { records, broken } = await target.evidence.check();
  const about = {
    command: "verify --chain",
    target: { name: target.name, ref: target.ref, url: target.url },
    data: { records, broken },
  };
  if (broken == null)
    return { ...about, exitCode: exitCodes.ok, summary: `the evidence is whole: ${records} records` };
  return {
    ...about,
    exitCode: exitCodes.refused,
    summary: `the evidence was changed afterwards: record ${broken.seq}: ${broken.why}`,
  };
}
