import type { Secret } from "../core/secret.ts";
import type { ProjectFacts } from "../ports/gate.ts";
import type { Config, TargetName } from "./schema.ts";

export type SecretProblem = ProjectFacts["secretProblems"][number];

/** Limits of the platform (docs: Edge Functions, limits). */
const maxCount = 100;
const maxBytes = 48 * 1024;

const placeholder =
  /^(your[-_ ].*|<.*>|\$\{.*\}|x{3,}|\.{3}|change[-_ ]?me|placeholder|todo|replace[-_ ]?me|insert[-_ ].*|dummy|example)$/i;
const placeholderInside = /your[-_](project|anon|service|fcm|local|supabase|sentry)/i;

/** Everything that is wrong with the secrets of a target, all at once; names only, never values. */
export function judgeSecrets(
  values: ReadonlyMap<string, Secret>,
  target: TargetName,
  config: Config,
  file: string | null,
): readonly SecretProblem[] {
  const source = file ?? `.env.${target}`;
  const problems: SecretProblem[] = [];
  for (const [name, value] of values) {
    const problem = judgeSecret(name, value.reveal(), source);
    if (problem != null) problems.push(problem);
  }
  for (const { name, requiredOn, about } of config.secrets) {
    if (!requiredOn.includes(target) || values.has(name)) continue;
    const what = about == null ? "" : ` (${about})`;
    problems.push({
      name,
      problem: "is missing",
      missing: true,
      fix: `Add ${name}${what} to ${source}, or set it in the environment.`,
    });
  }
  if (values.size > maxCount) {
    problems.push({
      name: source,
      problem: `has ${values.size} secrets`,
      fix: `The platform takes ${maxCount}.`,
    });
  }
  return problems;
}

function judgeSecret(name: string, value: string, source: string): SecretProblem | null {
  if (name.startsWith("SUPABASE_")) {
    return {
      name,
      problem: "is a reserved name",
      fix: `Remove it from ${source}: the platform provides SUPABASE_* to every function itself and skips what is sent.`,
    };
  }
  if (name === "FCM_SERVER_KEY") {
    return {
      name,
      problem: "belongs to the legacy FCM API, which was shut down from 2024-07-22",
      fix: "Set FCM_SERVICE_ACCOUNT to the JSON of a Firebase service account instead (FCM HTTP v1).",
    };
  }
  if (!/^[A-Za-z_][A-Za-z0-9_]{0,255}$/.test(name)) {
    return { name, problem: "is not a valid name", fix: "Use letters, digits and underscores, at most 256." };
  }
  if (value === "")
    return { name, problem: "is empty", fix: `Give it a value in ${source}, or remove the line.` };
  if (placeholder.test(value.trim()) || placeholderInside.test(value)) {
    return { name, problem: "still holds a placeholder", fix: `Put the real value into ${source}.` };
  }
  if (Buffer.byteLength(value) > maxBytes) {
    return {
      name,
      problem: `is larger than ${maxBytes / 1024} KiB`,
      fix: "Store it elsewhere and keep a reference.",
    };
  }
  return null;
}
