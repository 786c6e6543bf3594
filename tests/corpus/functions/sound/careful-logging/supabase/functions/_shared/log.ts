const HIDDEN = /token|secret|password|authorization|cookie|apikey/i;

export function redact(fields: Record<string, unknown>): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(fields).map(([key, value]) => [key, HIDDEN.test(key) ? "[hidden]" : value]),
  );
}

export const log = {
  info: (event: string, fields: Record<string, unknown> = {}) =>
    console.info(JSON.stringify({ event, ...redact(fields) })),
  error: (event: string, fields: Record<string, unknown> = {}) =>
    console.error(JSON.stringify({ event, ...redact(fields) })),
};
