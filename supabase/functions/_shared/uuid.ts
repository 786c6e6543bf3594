const pattern = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/;

/** In the form Postgres prints, lower-case; null when it is none. */
export function parseUuid(value: unknown): string | null {
  if (typeof value !== "string") return null;
  const text = value.toLowerCase();
  return pattern.test(text) ? text : null;
}
