type Level = "debug" | "info" | "warn" | "error";

export const logger = (scope: string) => {
  const write = (level: Level) => (message: string, fields: Record<string, unknown> = {}) =>
    console[level](JSON.stringify({ level, scope, message, ...fields, at: new Date().toISOString() }));
  return { debug: write("debug"), info: write("info"), warn: write("warn"), error: write("error") };
};
