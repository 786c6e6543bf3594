import { envRules, familyRules, functionRules, migrationRules, sourceRules } from "../../audit/index.ts";
import { auditedScope } from "../../plan/scope.ts";
import type { CommandContext } from "../context.ts";
import type { Target } from "../target.ts";
import { type AreaName, collectFindings, openSources } from "./collect-findings.ts";

export interface AuditedKeys {
  /** What a waiver of the finding is bound to; null when the audit finds no such thing here. */
  readonly scope: string | null;
  /** What it finds in that area, for a message. */
  readonly keys: readonly string[];
}

/** Looks for a finding of the audit by its key, over the project as it is; null when the key is none of the audit's. */
export async function findAudited(
  key: string,
  ctx: CommandContext,
  root: string,
  target: Target,
): Promise<AuditedKeys | null> {
  const [rule = ""] = key.split(":");
  const asked = areasOf(rule);
  if (asked == null) return null;
  const sources = await openSources(root);
  const connected = { name: target.name, connected: target };
  const how = {
    ctx,
    target: connected,
    keepGoing: false,
    proof: /^migration-(fails|not-repeatable|unproven)$/.test(rule),
    deno: rule.startsWith("deno-"),
  };
  const { found } = await collectFindings(asked, sources, how);
  const finding = found.find((one) => one.key === key);
  return {
    scope:
      finding == null ? null : auditedScope(finding, sources.texts.get(finding.location?.file ?? "") ?? null),
    keys: found.map((one) => one.key),
  };
}

/** Null for a word that is no rule of the audit. */
function areasOf(rule: string): readonly AreaName[] | null {
  const is = (rules: readonly { readonly id: string }[]): boolean => rules.some(({ id }) => id === rule);
  if (is(sourceRules)) return [];
  if (is(functionRules) || familyRules.some(({ id }) => rule.startsWith(`${id}/`))) return ["functions"];
  if (is(migrationRules)) return ["migrations"];
  return is(envRules) ? ["env"] : null;
}
