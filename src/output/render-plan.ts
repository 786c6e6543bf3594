import type { Plan } from "../plan/plan.ts";

const shown = 12;

/** A plan as text: what will change, from → to. */
export function renderPlan(plan: Plan): string {
  const lines = [`plan ${plan.phase} → ${plan.target.name} (${plan.target.ref})`];
  lines.push(`  gates before: ${plan.gatesBefore.join(", ")}`);
  for (const { title, change } of plan.steps) {
    if (change == null) {
      lines.push(`  = ${title}: unchanged`);
      continue;
    }
    lines.push(`  + ${title}: ${change.summary}`);
    for (const { object, from, to } of change.items.slice(0, shown)) {
      lines.push(`      ${object}  ${from ?? "(none)"} → ${to ?? "(none)"}`);
    }
    if (change.items.length > shown) lines.push(`      … and ${change.items.length - shown} more`);
  }
  lines.push(`  gates after: ${plan.gatesAfter.join(", ")}`);
  for (const note of plan.notes) lines.push(`  note: ${note}`);
  return lines.join("\n");
}
