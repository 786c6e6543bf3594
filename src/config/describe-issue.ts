import type * as z from "zod";

/** What zod found, as `path: expected …, got …`; `root` is the value it looked at. */
export function describeIssue(issue: z.core.$ZodIssue, root: unknown): readonly string[] {
  const path = issue.path.length === 0 ? "(top level)" : issue.path.join(".");
  if (issue.code === "unrecognized_keys") {
    return issue.keys.map((key) => `${[...issue.path, key].join(".")}: unknown key`);
  }
  const got = issue.path.reduce<unknown>(
    (value, key) =>
      value != null && typeof value === "object" ? (value as Record<PropertyKey, unknown>)[key] : undefined,
    root,
  );
  const shown = got === undefined ? "nothing" : JSON.stringify(got);
  return [`${path}: ${issue.message.replace(/^Invalid input: /, "")}, got ${shown.slice(0, 60)}`];
}
