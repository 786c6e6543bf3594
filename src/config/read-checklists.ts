import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { parseDocument } from "yaml";
import * as z from "zod";
import { BeeError } from "../core/bee-error.ts";
import { exitCodes } from "../core/exit-code.ts";
import { type Checklist, gateOf } from "../plan/checklist.ts";
import { describeIssue } from "./describe-issue.ts";
import { packageRoot } from "./package-root.ts";

/** In the order of going live. */
const files = ["pre-launch", "launch-day", "post-launch", "security", "success-metrics"];

const id = z.string().regex(/^[a-z0-9]+(-[a-z0-9]+)*$/, "lower-case words with dashes");
const text = z.string().trim().min(1);

const lineSchema = z
  .strictObject({
    id,
    line: text,
    source: text,
    severity: z.enum(["blocker", "major", "minor"]),
    gate: id.optional(),
    attest: z
      .strictObject({
        ask: text,
        evidence: text,
        scope: z.enum(["release", "functions", "database", "standing"]).default("release"),
      })
      .optional(),
    after: id.optional(),
  })
  .refine(({ gate, attest }) => gate != null || attest != null, "a gate, attest, or both");

const schema = z.strictObject({ id, title: text, lines: z.array(lineSchema).min(1) });

/** All checklists, or one error that names every mistake in them. */
export async function readChecklists(gateIds: readonly string[]): Promise<readonly Checklist[]> {
  const parsed = await Promise.all(
    files.map(async (name) =>
      parseChecklist(await readFile(join(packageRoot, "checklists", `${name}.yaml`), "utf8")),
    ),
  );
  const mistakes = [
    ...parsed.flatMap((one, index) =>
      "mistakes" in one ? one.mistakes.map((text) => `${files[index]}: ${text}`) : [],
    ),
    ...judgeChecklists(
      parsed.flatMap((one) => ("checklist" in one ? [one.checklist] : [])),
      gateIds,
    ),
  ];
  if (mistakes.length > 0) throw invalid(mistakes);
  return parsed.flatMap((one) => ("checklist" in one ? [one.checklist] : []));
}

/** YAML text → a checklist, or every mistake in it. */
export function parseChecklist(
  yaml: string,
): { readonly checklist: Checklist } | { readonly mistakes: readonly string[] } {
  const document = parseDocument(yaml, { prettyErrors: true });
  if (document.errors.length > 0) return { mistakes: document.errors.map(({ message }) => message.trim()) };
  const value: unknown = document.toJS();
  const parsed = schema.safeParse(value);
  if (parsed.success) return { checklist: parsed.data };
  return { mistakes: parsed.error.issues.flatMap((issue) => describeIssue(issue, value)) };
}

/** What no single file shows: ids given twice, gates and lines that do not exist. */
export function judgeChecklists(
  checklists: readonly Checklist[],
  gateIds: readonly string[],
): readonly string[] {
  const lines = checklists.flatMap((checklist) => checklist.lines);
  const ids = [...checklists.map((checklist) => checklist.id), ...lines.map((line) => line.id)];
  const repeated = ids.filter((one, index) => ids.indexOf(one) !== index);
  const taken = lines.filter((line) => line.attest != null && line.gate == null && gateIds.includes(line.id));
  const unknown = lines.filter(
    (line) => (line.attest == null || line.gate != null) && !gateIds.includes(gateOf(line)),
  );
  const astray = lines.filter(
    ({ after }) => after != null && !lines.some((line) => line.id === after && line.attest != null),
  );
  const measured = lines.filter(({ after, attest }) => after != null && attest == null);
  return [
    ...repeated.map((one) => `${one}: the id is given twice`),
    ...taken.map((line) => `${line.id}: a gate has this id`),
    ...unknown.map((line) => `${line.id}: there is no gate ${gateOf(line)}`),
    ...astray.map((line) => `${line.id}: no person attests a line ${line.after}`),
    ...measured.map((line) => `${line.id}: after is for lines that a person attests`),
  ];
}

function invalid(mistakes: readonly string[]): BeeError {
  return new BeeError({
    code: "BEE-E110",
    message: `The checklists have ${mistakes.length === 1 ? "a mistake" : `${mistakes.length} mistakes`}.`,
    detail: mistakes.join("\n"),
    hint: "Mend the file in checklists/; docs/gates.md describes it.",
    exit: exitCodes.usage,
  });
}
