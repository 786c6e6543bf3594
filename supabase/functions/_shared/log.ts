export type LogLevel = "info" | "warn" | "error";

/** Never tokens, keys, user ids or anything a user wrote. */
export type LogFields = Readonly<Record<string, string | number | boolean | null>>;

export type Log = (level: LogLevel, message: string, fields: LogFields) => void;

/** One JSON object per line, the form the platform's log search reads. */
export const jsonLog: Log = (level, message, fields) => {
  const line = JSON.stringify({ level, message, ...fields });
  // biome-ignore lint/suspicious/noConsole: the platform collects what a function prints
  console[level](line);
};
