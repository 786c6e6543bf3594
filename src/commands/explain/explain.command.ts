import * as z from "zod";
import { allRules, familyRules } from "../../audit/index.ts";
import type { RuleText } from "../../audit/rule.ts";
import { BeeError } from "../../core/bee-error.ts";
import { exitCodes } from "../../core/exit-code.ts";
import { nearest } from "../../core/nearest.ts";
import { accessLints } from "../../gates/access-lints.ts";
import { gates } from "../../gates/index.ts";
import type { Report } from "../../output/report.ts";
import { isolationRules } from "../../plan/access/isolation-rules.ts";
import type { Gate } from "../../ports/gate.ts";
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
  const found = isolationRules.find((one) => one.id === id);
  if (found != null) {
    const { title, explanation, fix } = found;
    const text = `${id} (isolation)\n${title}\n\n${explanation}\n\nfix: ${fix}\n`;
    return answer(text, { kind: "isolation", ...found });
  }
  const lint = accessLints.find((one) => one.rule === id);
  if (lint != null) {
    const explanation = readComment(lint.sql);
    return answer(
      `${id} (access lint)\n${explanation}\n\ndocs/access-lints.md shows what it finds and what it leaves.\n`,
      {
        kind: "access-lint",
        id,
        explanation,
      },
    );
  }
  const gate = gates.find((one) => one.id === id);
  if (gate != null) return explainGate(gate);
  const guess = nearest(id, [
    ...[...allRules, ...isolationRules, ...gates].map((one) => one.id),
    ...accessLints.map(({ rule: named }) => named),
  ]);
  throw new BeeError({
    code: "BEE-E904",
    message: `There is no rule or gate "${id}".`,
    hint:
      guess == null
        ? "docs/audit.md, docs/access-lints.md and docs/gates.md list them."
        : `Did you mean: bee explain ${guess}`,
    exit: exitCodes.usage,
  });
}

async function explainGate({ id, title, readOnly }: Gate): Promise<Report> {
  const { gateFixtures } = await import("../../gates/fixtures.ts");
  const { readChecklists } = await import("../../config/read-checklists.ts");
  const checklists = await readChecklists(gates.map((one) => one.id));
  const lines = checklists.flatMap(({ lines: all, title: list }) =>
    all.filter((line) => line.gate === id).map(({ line, severity }) => `${list}: ${line} (${severity})`),
  );
  const fixtures = gateFixtures[id];
  const text = [
    `${id} (gate)`,
    title,
    "",
    readOnly ? "It only reads the target." : "It writes to the target what it takes away again.",
    ...(fixtures == null
      ? []
      : [
          "",
          `blocks, for example:  ${fixtures.blocks.title}`,
          `cannot measure when:  ${fixtures.inconclusive.title}`,
        ]),
    ...(lines.length === 0
      ? []
      : ["", "lines of the plan that it answers:", ...lines.map((line) => `    ${line}`)]),
    "",
  ].join("\n");
  return answer(text, { kind: "gate", id, title, readOnly, lines });
}

/** The comment a lint's SQL begins with. */
function readComment(sql: string): string {
  const [comment = ""] = /^(?:-- .*\n)+/.exec(sql) ?? [];
  return comment.replaceAll(/^-- /gm, "").trim();
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
