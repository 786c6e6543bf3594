import type { Finding } from "../../core/verdict.ts";
import type { FunctionProbe } from "./function-probes.ts";
import type { ProbeOutcome } from "./judge-probes.ts";

export interface TriedCall {
  readonly probe: FunctionProbe;
  readonly outcome: ProbeOutcome;
}

export interface FunctionJudgement {
  readonly findings: readonly Finding[];
  readonly unverified: readonly { readonly subject: string; readonly why: string }[];
}

/** Judges the calls of one overload: what they showed of B, what they changed, and how they differ from nobody's. */
export function judgeFunction(calls: readonly TriedCall[], leaking: ReadonlySet<string>): FunctionJudgement {
  const [first] = calls;
  if (first == null) return { findings: [], unverified: [] };
  const { fn } = first.probe;
  const subject = `${fn.schema}.${fn.name}(${fn.argTypes.join(", ")})`;
  const findings = new Map<string, Finding>();
  const told = (call: TriedCall, rule: string, what: string): void => {
    const key = `${rule}:${subject}:${call.probe.persona.id}`;
    if (findings.has(key)) return;
    findings.set(key, {
      key,
      rule,
      severity: "error",
      subject,
      detail: `${call.probe.persona.title} ${what}. Shown by: set role ${call.probe.persona.role}; set request.jwt.claims = '${call.probe.persona.settings["request.jwt.claims"]}'; ${call.probe.statement}`,
      fix: fn.definer
        ? `revoke execute on function ${fn.sql}(${fn.identity}) from public, anon, authenticated; or compare its arguments with (select auth.uid()) inside.`
        : `Its tables' policies let this through; mend those, or: revoke execute on function ${fn.sql}(${fn.identity}) from public, anon, authenticated;`,
    });
  };
  for (const call of calls) {
    const { probe, outcome } = call;
    if (probe.persona.id === "b" || typeof outcome[0] === "string") continue;
    const [, answer, untouched, landed] = outcome as Extract<ProbeOutcome, readonly [number, ...unknown[]]>;
    const shown = probe.marks.find(
      (mark) => !probe.passed.some((text) => text.includes(mark)) && (answer ?? "").includes(mark),
    );
    if (shown != null) told(call, "function-reads", `gets B's data from it (${shown})`);
    if (probe.untouched != null && (untouched ?? 0) < probe.standing)
      told(call, "function-writes", "changes B's rows with it");
    if ((landed ?? 0) > 0 && (untouched ?? 0) >= probe.standing)
      told(call, "function-writes", "adds rows in B's name with it");
    if (probe.about === "b" && shown == null && fn.definer) {
      const nobody = calls.find(
        (other) =>
          other.probe.persona === probe.persona &&
          other.probe.about === "nobody" &&
          other.probe.round === probe.round,
      );
      const was =
        nobody == null || typeof nobody.outcome[0] === "string"
          ? null
          : normalise(nobody.outcome[1] as string | null, nobody.probe.passed);
      if (
        nobody != null &&
        was != null &&
        probe.marks.length > 0 &&
        normalise(answer, probe.passed) !== was &&
        fn.argTypes.length > 0
      )
        told(
          call,
          "function-tells",
          `gets another answer about B (${(answer ?? "nothing").slice(0, 60)}) than about nobody (${was.slice(0, 60)})`,
        );
    }
  }
  const worked = calls.some(
    ({ outcome }) => typeof outcome[0] === "number" || outcome[0] === "42501" || /^P0/.test(outcome[0]),
  );
  const reached = [...findings.values()].filter(
    ({ rule }) => fn.definer || rule !== "function-reads" || leaking.size === 0,
  );
  return {
    findings: reached,
    unverified:
      !worked && fn.definer
        ? [
            {
              subject,
              why: `no call got through to its end: ${String(first.outcome[0])} ${String(first.outcome[1])}`,
            },
          ]
        : [],
  };
}

/** Without what was passed, without ids and times, which differ from call to call. */
function normalise(answer: string | null, passed: readonly string[]): string {
  const without = passed
    .filter((text) => text.length > 3)
    .reduce((text, one) => text.replaceAll(one, "…"), answer ?? "");
  return without
    .replace(/[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}/g, "…")
    .replace(/\d{4}-\d\d-\d\d[ T][\d:.+]+/g, "…")
    .trim();
}
