import { applyWaivers } from "../../audit/apply-waivers.ts";
import { applyBaseline, assembleBaseline, type Baseline } from "../../audit/baseline.ts";
import { allRules, familyRules } from "../../audit/index.ts";
import { type ExitCode, exitCodes } from "../../core/exit-code.ts";
import type { Finding, Severity } from "../../core/verdict.ts";
import { countFindings, plural, renderFindings } from "../../output/render-findings.ts";
import type { Report, ReportedRule } from "../../output/report.ts";
import { renderSetAside } from "../../output/set-aside.ts";
import type { Waiver } from "../../plan/exception.ts";
import type { CommandContext } from "../context.ts";
import { readBaseline, writeBaseline } from "./baseline-file.ts";
import type { Collected, Sources } from "./collect-findings.ts";
import { pathInRepository } from "./output-file.ts";

interface ReportInput {
  readonly target?: string | undefined;
  readonly baseline?: string | undefined;
  readonly writeBaseline?: string | undefined;
  readonly failOn: Severity;
}

const gravity: readonly Severity[] = ["info", "warning", "error"];

/** What counts and what is set aside, as it is shown; writes the baseline when one is asked for. */
export async function assembleAuditReport(
  input: ReportInput,
  ctx: CommandContext,
  { root, texts }: Sources,
  { isEmpty, found, facts, data }: Collected,
  waivers: ReadonlyMap<string, Waiver>,
): Promise<Report> {
  const today = new Date(ctx.clock.now()).toISOString().slice(0, 10);
  const { findings, waived, lapsed } = applyWaivers(found, waivers, texts);
  const kept = await readBaseline(ctx.cwd, input.baseline ?? input.writeBaseline, input.baseline != null);
  const baseline = input.writeBaseline == null ? kept : assembleBaseline(findings, kept, today);
  if (input.writeBaseline != null) await writeBaseline(ctx.cwd, root, input.writeBaseline, baseline);
  const judged = applyBaseline(findings, baseline, today);
  const counted: readonly (readonly [number, string])[] = [
    [waived.length, "waived"],
    [lapsed.length, "waived for another state of the file"],
    [judged.accepted.length, "accepted by the baseline"],
    [judged.expired.length, "of its keys past their day"],
    [judged.unused.length, "of its keys match nothing"],
  ];
  const aside = counted.filter(([count]) => count > 0).map(([count, what]) => `${count} ${what}`);
  const saidWaived = waived.map(({ finding, waiver: { owner, expires, reason } }) => ({
    finding,
    why: `waived by ${owner} until ${expires}: ${reason}`,
  }));
  const shown = [
    ...(judged.findings.length === 0 ? [] : [renderFindings(judged.findings, texts, input.target != null)]),
    ...(saidWaived.length === 0 ? [] : [renderSetAside(saidWaived)]),
  ];
  return {
    command: "audit",
    exitCode: isEmpty && found.length === 0 ? exitCodes.inconclusive : exitFor(judged.findings, input.failOn),
    summary:
      isEmpty && found.length === 0
        ? `there is nothing to audit in ${root}`
        : [`${countFindings(judged.findings)} in ${plural(texts.size, "file")}`, ...aside].join("; "),
    facts,
    ...(shown.length === 0 ? {} : { text: `${shown.join("\n\n")}\n` }),
    ...(judged.findings[0] == null ? {} : { next: [`bee explain ${judged.findings[0].rule}`] }),
    findings: judged.findings,
    setAside: [
      ...saidWaived,
      ...judged.accepted.map((finding) => ({ finding, why: whyAccepted(baseline, finding) })),
    ],
    rules: reportedRules(found),
    below: await pathInRepository(root),
    data: {
      audited: root,
      files: texts.size,
      accepted: judged.accepted,
      expired: judged.expired,
      waived: waived.map(({ finding, waiver: { owner, expires, reason } }) => ({
        ...finding,
        owner,
        expires,
        reason,
      })),
      ...data,
    },
  };
}

function whyAccepted({ accepted }: Baseline, { key }: Finding): string {
  const entry = accepted.find((one) => one.key === key);
  return `accepted by the baseline until ${entry?.until ?? "its day"}: ${entry?.reason ?? "no reason given"}`;
}

/** What the rules that spoke mean; of a family each is one. */
function reportedRules(found: readonly Finding[]): readonly ReportedRule[] {
  return [...new Set(found.map(({ rule }) => rule))].flatMap((id) => {
    const rule =
      allRules.find((one) => one.id === id) ?? familyRules.find((one) => id.startsWith(`${one.id}/`));
    if (rule == null) return [];
    const { title, explanation, fix, severity, area } = rule;
    return [{ id, title, explanation, fix, severity, tags: [area] }];
  });
}

function exitFor(findings: readonly Finding[], failOn: Severity): ExitCode {
  const grave = gravity.slice(gravity.indexOf(failOn));
  return findings.some(({ severity }) => grave.includes(severity)) ? exitCodes.refused : exitCodes.ok;
}
