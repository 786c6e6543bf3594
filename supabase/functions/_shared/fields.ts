/** Reads answers of our own database functions; throws when one is not as its migration says. */
export function asRecord(value: unknown): Readonly<Record<string, unknown>> {
  if (typeof value !== "object" || value === null || Array.isArray(value))
    throw new TypeError("not an object");
  return value as Record<string, unknown>;
}

export function asArray(value: unknown): readonly unknown[] {
  if (!Array.isArray(value)) throw new TypeError("not an array");
  return value;
}

export function asString(value: unknown): string {
  if (typeof value !== "string") throw new TypeError("not a string");
  return value;
}

export function asNumber(value: unknown): number {
  if (typeof value !== "number" || !Number.isFinite(value)) throw new TypeError("not a number");
  return value;
}

export function orNull<T>(value: unknown, read: (value: unknown) => T): T | null {
  return value === null || value === undefined ? null : read(value);
}
