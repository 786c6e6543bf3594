import { type ExitCode, exitCodes } from "../../core/exit-code.ts";
import type { Finding, Verdict } from "../../core/verdict.ts";
import type { Report } from "../../output/report.ts";
import type { IsolationReport } from "../../plan/access/judge-isolation.ts";
import type { EvidenceRecord } from "../../plan/evidence-record.ts";

type Kept = Pick<EvidenceRecord, "seq" | "sha256"> | null;

const shown = 50;

/** What was tried, as text and as data. */
export function renderIsolation(
  report: IsolationReport,
  verdict: Verdict,
  durationMs: number,
  { target, record }: { readonly target: Report["target"]; readonly record: Kept },
): Report {
  const { findings, unverified, relations, functions, probes, denials, roundTrips } = report;
  const of = (severity: Finding["severity"]) => findings.filter((one) => one.severity === severity);
  const errors = of("error");
  const warnings = of("warning");
  const told = [...errors, ...warnings];
  const lines = [
    ...told
      .slice(0, shown)
      .flatMap(({ severity, detail, fix, key }) => [
        `${severity}  ${detail}  [${key}]`,
        `       fix  ${fix}`,
      ]),
    ...(told.length > shown ? [`… and ${told.length - shown} more; all of them with --json`] : []),
    ...unverified.slice(0, shown).map(({ subject, why }) => `not verified  ${subject}: ${why}`),
    ...(unverified.length > shown ? [`… and ${unverified.length - shown} more not verified`] : []),
  ];
  return {
    command: "verify rls",
    ...(target == null ? {} : { target }),
    exitCode: exitOf(verdict),
    summary: summarise(errors.length, unverified.length, { relations, functions, probes, durationMs }),
    findings,
    ...(lines.length === 0 ? {} : { text: lines.join("\n") }),
    facts: [
      [
        "denied by",
        `no rows ${denials["no-rows"]}, WITH CHECK ${denials["with-check"]}, no grant ${denials["no-grant"]}, trigger ${denials.trigger}, error ${denials.error}`,
      ],
      ["round trips", String(roundTrips)],
    ],
    data: {
      verdict: verdict.kind,
      unverified,
      relations,
      functions,
      attempts: probes,
      denials,
      roundTrips,
      evidence: record,
    },
  };
}

function summarise(
  errors: number,
  unverified: number,
  figures: {
    readonly relations: number;
    readonly functions: number;
    readonly probes: number;
    readonly durationMs: number;
  },
): string {
  const tried = `${figures.probes} attempts on ${figures.relations} relations and ${figures.functions} functions in ${(figures.durationMs / 1000).toFixed(1)} s; nothing remains`;
  const open = unverified === 0 ? "" : `, ${unverified} not verified`;
  if (errors > 0) return `${errors} ways past isolation${open}: ${tried}`;
  return unverified > 0 ? `no way found${open}: ${tried}` : `isolated: ${tried}`;
}

function exitOf(verdict: Verdict): ExitCode {
  if (verdict.kind === "fail") return exitCodes.refused;
  return verdict.kind === "inconclusive" ? exitCodes.inconclusive : exitCodes.ok;
}
