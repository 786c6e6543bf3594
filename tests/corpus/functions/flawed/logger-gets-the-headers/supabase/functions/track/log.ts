type Level = "info" | "warn" | "error";

export const log = (level: Level, message: string, fields: Record<string, unknown> = {}) =>
  console[level](JSON.stringify({ level, message, ...fields }));
