import * as z from "zod";
import { allRules, familyRules } from "../../audit/index.ts";
import type { RuleText } from "../../audit/rule.ts";
import { BeeError } from "../../core/bee-error.ts";
import { exitCodes } from "../../core/exit-code.ts";
import { nearest } from "../../core/nearest.ts";
import { gates } from "../../gates/index.ts";
import type { Report } from "../../output/report.ts";
import type { CommandContext } from "../context.ts";
import { parseFlags } from "../flags.ts";

const schema = z.strictObject({ id: z.string(), project: z.string().optional() });

/** `bee explain <rule|gate>`: what it means, an example, and the way out. */
export async function runExplain(flags: unknown, _ctx: CommandContext): Promise<Report> {
  const { id } = parseFlags(schema, flags);
  // deno-lint/no-unused-vars is one of a family.
  const rule =
    allRules.find((one) => one.id === id) ?? familyRules.find((one) => id.startsWith(`${one.id}/`));
  if (rule != null) {
    const { area, severity, title, explanation, fix, example } = rule;
    return answer(renderRule(rule), { kind: "rule", id, area, severity, title, explanation, fix, example });
  }
  const gate = gates.find((one) => one.id === id);
  if (gate != null) {
    const { title, readOnly } = gate;
    const text = `${id} (gate)\n${title}\n\n${readOnly ? "It only reads the target." : "It writes to the target what it takes away again."}\n`;
    return answer(text, { kind: "gate", id, title, readOnly });
  }
  const guess = nearest(id, [...allRules.map((one) => one.id), ...gates.map((one) => one.id)]);
  throw new BeeError({
    code: "BEE-E904",
    message: `There is no rule or gate "${id}".`,
    hint: guess == null ? "docs/audit.md lists every rule." : `Did you mean: bee explain ${guess}`,
    exit: exitCodes.usage,
  });
}

function answer(text: string, data: object): Report {
  return { command: "explain", exitCode: exitCodes.ok, summary: "", text, data };
}

function renderRule({ id, area, severity, title, explanation, fix, example }: RuleText): string {
  const indent = (code: string): string => code.replace(/^/gm, "    ");
  return [
    `${id} (${area}, ${severity})`,
    title,
    "",
    explanation,
    "",
    `fix: ${fix}`,
    "",
    "found in:",
    indent(example.bad),
    "",
    "fine:",
    indent(example.good),
    "",
  ].join("\n");
}
