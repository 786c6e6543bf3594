import type { RuleText } from "../../src/audit/rule.ts";

const headings: readonly (readonly [RuleText["area"], string])[] = [
  ["sources", "Sources"],
  ["functions", "Functions"],
  ["migrations", "Migrations"],
  ["env", "Environment"],
];

/** The part of docs/audit.md that is made from the registry. */
export function renderRuleDocs(rules: readonly RuleText[]): string {
  const parts = headings.flatMap(([area, heading]) => {
    const own = rules.filter((rule) => rule.area === area);
    return own.length === 0 ? [] : [`### ${heading}`, ...own.map(renderRule)];
  });
  return `## Rules\n\n${parts.join("\n\n")}\n`;
}

function renderRule({ id, severity, title, explanation, fix, example }: RuleText): string {
  return [
    `#### ${id}`,
    `${title} (${severity}). ${explanation}`,
    `Found in:\n\n${fence(example.bad)}`,
    `Fine:\n\n${fence(example.good)}`,
    `Fix: ${fix}`,
  ].join("\n\n");
}

function fence(code: string): string {
  return `\`\`\`\n${code}\n\`\`\``;
}
