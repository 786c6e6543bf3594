import { isDeepStrictEqual } from "node:util";

/** Paths at which two values differ, with both; empty when they are equal. */
export function compare(wanted: unknown, found: unknown, path = "state"): readonly string[] {
  if (isDeepStrictEqual(wanted, found)) return [];
  if (isContainer(wanted) && isContainer(found)) {
    const keys = [...new Set([...Object.keys(wanted), ...Object.keys(found)])];
    return keys.flatMap((key) => compare(wanted[key], found[key], `${path}.${key}`));
  }
  return [`${path}: wanted ${show(wanted)}, found ${show(found)}`];
}

function isContainer(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value != null;
}

function show(value: unknown): string {
  return (JSON.stringify(value) ?? "nothing").slice(0, 200);
}
