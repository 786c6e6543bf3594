import { parseDocument, stringify } from "yaml";
import * as z from "zod";
import { type FunctionVerdict, verdictKinds } from "../plan/function-verdict.ts";

/** Relative to the project. */
export const verdictsFile = "checklists/audit-verdicts.yaml";

const text = z.string().trim().min(1);

const schema = z.strictObject({
  schemaVersion: z.literal(1),
  verdicts: z.array(
    z.strictObject({
      function: z.string().regex(/^[a-z0-9][a-z0-9_-]*$/i, "a function's name"),
      verdict: z.enum(verdictKinds),
      by: text,
      at: z.iso.date(),
      sourceHash: z.nullable(z.string().regex(/^[0-9a-f]{64}$/, "hex sha256")),
      evidence: text,
    }),
  ),
});

export type ParsedVerdicts =
  | { readonly verdicts: readonly FunctionVerdict[] }
  | { readonly mistakes: readonly string[] };

/** YAML text → records, or every mistake in it. A function is decided once. */
export function parseVerdicts(yaml: string): ParsedVerdicts {
  const document = parseDocument(yaml, { uniqueKeys: true });
  if (document.errors.length > 0) return { mistakes: document.errors.map(({ message }) => message) };
  const parsed = schema.safeParse(document.toJS());
  if (!parsed.success)
    return { mistakes: parsed.error.issues.map(({ path, message }) => `${path.join(".")}: ${message}`) };
  const names = parsed.data.verdicts.map((one) => one.function);
  const twice = names.filter((name, index) => names.indexOf(name) !== index);
  if (twice.length > 0) return { mistakes: twice.map((name) => `${name} is decided twice`) };
  return { verdicts: parsed.data.verdicts };
}

/** The file as it is written, sorted by function; comments of the old text stay where they stood at the top. */
export function formatVerdicts(verdicts: readonly FunctionVerdict[], old: string): string {
  const sorted = [...verdicts].sort((a, b) => (a.function < b.function ? -1 : 1));
  const head = /^(#[^\n]*\n)+/.exec(old)?.[0] ?? "";
  return head + stringify({ schemaVersion: 1, verdicts: sorted }, { lineWidth: 0 });
}
