import type { BeeProject } from "./bee.ts";

/** What `bee verify metrics` says, by gate. */
// biome-ignore lint/suspicious/noExplicitAny: a test reads what it names
export async function readMetrics(project: BeeProject): Promise<Record<string, any>> {
  const report = await project.json("verify", "metrics");
  return Object.fromEntries(report.gates.map((gate: { id: string }) => [gate.id, gate]));
}

export async function readVerdicts(project: BeeProject): Promise<Record<string, string>> {
  const gates = Object.entries(await readMetrics(project));
  return Object.fromEntries(gates.map(([id, { verdict }]) => [id, verdict]));
}
