import type { AccessFunction } from "./access-catalog.ts";
import { type Answers, type CallerSource, readPolicy } from "./read-policy.ts";

const looksUp =
  /^\s*(?:begin\s+return(?:\s+query)?\s*\(?\s*)?select\s+(?:distinct\s+)?(?:(\w+)\.)?(\w+)(?:::[\w[\] ]+)?\s+from\s+((?:\w+\.)?\w+)/i;

/**
 * Functions without arguments that say something of the caller: a claim (`my_tenant()`), or what a column holds in the
 * caller's rows (`my_team_ids()`). Policies that call them mean what these read.
 */
export function findAnswers(functions: readonly AccessFunction[]): Answers {
  const answers = new Map<string, CallerSource>();
  for (const { schema, name, argTypes, source } of functions) {
    if (argTypes.length > 0) continue;
    const answer = answerOf(source);
    if (answer == null) continue;
    answers.set(`${schema}.${name}`, answer);
    if (!answers.has(name)) answers.set(name, answer);
  }
  return answers;
}

function answerOf(source: string): CallerSource | null {
  const { sources, comparisons, aliases } = readPolicy(source);
  const [first] = sources;
  if (aliases.size === 0) return sources.length === 1 && comparisons.length === 0 ? (first ?? null) : null;
  const [, , column, table] = looksUp.exec(source) ?? [];
  const asksWho = comparisons.some(({ source: from, column: of }) => from.kind === "user" && of != null);
  return column != null && table != null && asksWho && aliases.size === 1
    ? { kind: "looked-up", table, column: column.toLowerCase() }
    : null;
}
