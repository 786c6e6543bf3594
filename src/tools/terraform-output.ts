import * as z from "zod";
import type { ResourceAction, ResourceChange } from "../plan/infrastructure.ts";

/** https://developer.hashicorp.com/terraform/internals/json-format; unknown members are ignored. */
const planSchema = z.object({
  format_version: z.string(),
  resource_changes: z
    .array(
      z.object({
        address: z.string(),
        change: z.object({ actions: z.array(z.string()) }),
        action_reason: z.string().optional(),
      }),
    )
    .default([]),
  output_changes: z.record(z.string(), z.object({ actions: z.array(z.string()) })).default({}),
});

/** https://developer.hashicorp.com/terraform/internals/machine-readable-ui */
const diagnosticSchema = z.object({
  type: z.literal("diagnostic"),
  diagnostic: z.object({
    severity: z.string(),
    summary: z.string(),
    detail: z.string().default(""),
    address: z.string().optional(),
    range: z.object({ filename: z.string(), start: z.object({ line: z.number() }) }).optional(),
  }),
});

export interface Diagnostic {
  readonly summary: string;
  readonly detail: string;
  /** `file:line`, or the resource's address. */
  readonly at: string | null;
}

export interface ParsedPlan {
  readonly changes: readonly ResourceChange[];
  readonly outputsChange: boolean;
}

const actions: Readonly<Record<string, ResourceAction | null>> = {
  "no-op": null,
  create: "create",
  read: "read",
  update: "update",
  delete: "destroy",
  "delete,create": "replace",
  "create,delete": "replace",
  forget: "forget",
  "create,forget": "replace",
};

/** Null when it is in a form that this bee does not know: what is not understood is not applied. */
export function parsePlan(text: string): ParsedPlan | null {
  const parsed = planSchema.safeParse(tryParse(text));
  if (!parsed.success || !/^1\./.test(parsed.data.format_version)) return null;
  const { resource_changes, output_changes } = parsed.data;
  const changes: ResourceChange[] = [];
  for (const { address, change, action_reason } of resource_changes) {
    const action = actions[change.actions.join()];
    if (action === undefined) return null;
    if (action !== null) changes.push({ address, action, reason: action_reason ?? null });
  }
  changes.sort((one, other) => (one.address < other.address ? -1 : 1));
  const outputsChange = Object.values(output_changes).some((change) => change.actions.join() !== "no-op");
  return { changes, outputsChange };
}

/** The errors among the lines of `-json`; lines of another form are left out. */
export function parseErrors(stdout: string): readonly Diagnostic[] {
  return stdout.split("\n").flatMap((line) => {
    const parsed = diagnosticSchema.safeParse(tryParse(line));
    if (!parsed.success || parsed.data.diagnostic.severity !== "error") return [];
    const { summary, detail, address, range } = parsed.data.diagnostic;
    const at = range == null ? (address ?? null) : `${range.filename}:${range.start.line}`;
    return [{ summary, detail, at }];
  });
}

export function parseVersion(stdout: string): string | null {
  const parsed = z.object({ terraform_version: z.string() }).safeParse(tryParse(stdout));
  return parsed.success ? parsed.data.terraform_version : null;
}

/** By numbers; what follows a dash does not count. */
export function isOlder(version: string, than: string): boolean {
  const [one, other] = [version, than].map((text) => (text.split("-")[0] ?? "").split(".").map(Number));
  for (const [at, wanted] of (other ?? []).entries()) {
    const found = one?.[at] ?? 0;
    if (found !== wanted) return found < wanted;
  }
  return false;
}

function tryParse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}
