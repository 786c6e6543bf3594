import type { Finding } from "../core/verdict.ts";
import type { FunctionArtifact } from "../plan/deployed-function.ts";
import { defineGate } from "../ports/gate.ts";
import type { PrivatePath, RepositoryExtent } from "../ports/repository.ts";
import { finding } from "./finding.ts";
import { createSecretScan, type SecretScan, type SecretSighting } from "./secret-scan.ts";

const gate = "secrets-clean";

/**
 * No secret in what git ever held, in the files as they lie, in built artefacts and in the bundles of the release; and
 * the files that do hold them are their owner's alone (plan: "environment variables secured"). Values are never shown.
 */
export const secretsClean = defineGate({
  id: gate,
  title: "No secret lies in the repository or in what is shipped",
  readOnly: true,
  needs: ["repository"],
  check: async ({ ports, view, signal }) => {
    const { repository } = ports;
    const [files, history, modes] = [createSecretScan(), createSecretScan(), await repository.readPrivate()];
    const [read, past] = await Promise.all([
      repository.readFiles((line) => files.see(line), signal),
      repository.readHistory((line) => history.see(line), signal),
    ]);
    const bundles = scanBundles(view.desired.functions);
    const lying = files.sightings();
    const known = new Set(lying.map(({ id }) => id));
    const findings = [
      ...lying.map(describeSighting),
      ...history
        .sightings()
        .filter(({ id }) => !known.has(id))
        .map(describeSighting),
      ...bundles
        .sightings()
        .filter(({ id }) => !known.has(id))
        .map(describeSighting),
      ...modes.flatMap(judgeMode),
    ];
    if (findings.length > 0) return { kind: "fail", findings };
    const leftOut = [...read.leftOut, ...(past?.leftOut ?? [])];
    if (leftOut.length > 0) {
      return {
        kind: "inconclusive",
        reason: `nothing found, but not everything was read: ${shorten(leftOut)}`,
      };
    }
    return { kind: "pass", evidence: describeExtent(read, past, files, history, modes) };
  },
});

function scanBundles(functions: readonly FunctionArtifact[]): SecretScan {
  const scan = createSecretScan();
  for (const { slug, bytes } of functions) {
    const lines = Buffer.from(bytes).toString("latin1").split("\n");
    for (const [index, text] of lines.entries())
      scan.see({ file: `bundle of ${slug}`, line: index + 1, text, commit: null });
  }
  return scan;
}

function describeSighting({ kind, id, file, line, commit, others }: SecretSighting): Finding {
  const where = commit == null ? `${file}:${line}` : `${file}:${line} of commit ${commit.slice(0, 12)}`;
  const more = others === 0 ? "" : ` and in ${others} more ${others === 1 ? "place" : "places"}`;
  const fix =
    commit == null
      ? "Revoke it and make a new one; keep that in .env.<target> (ignored by git) or the environment. Whoever could read the repository has the old one."
      : "Revoke it and make a new one: who has a clone has it, and rewriting the history does not take it back.";
  return {
    ...finding(gate, `${kind}:${id}`, `a ${kind} (${id}) lies in ${where}${more}`, fix),
    location: { file, line },
  };
}

/** Others on the machine may neither read nor write what holds secrets. */
function judgeMode({ path, mode }: PrivatePath): readonly Finding[] {
  if ((mode & 0o077) === 0) return [];
  const right = path === ".bee" ? "700" : "600";
  return [
    finding(
      gate,
      `mode:${path}`,
      `${path} has mode ${mode.toString(8)}: others on this machine can get at it`,
      `chmod ${right} ${path}`,
    ),
  ];
}

function describeExtent(
  read: RepositoryExtent,
  past: RepositoryExtent | null,
  files: SecretScan,
  history: SecretScan,
  modes: readonly PrivatePath[],
): Readonly<Record<string, unknown>> {
  return {
    files: read.files,
    lines: files.lines,
    commits: past?.commits ?? "no version control here",
    addedLines: history.lines,
    modes: modes.length,
  };
}

function shorten(parts: readonly string[]): string {
  const shown = parts.slice(0, 3).join("; ");
  return parts.length > 3 ? `${shown}; and ${parts.length - 3} more` : shown;
}
