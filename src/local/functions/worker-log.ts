import type { Readable } from "node:stream";
import type { LogLine } from "../identity.ts";
import { marker } from "./prelude.ts";

/** Hosted limits: 10,000 characters per message, 100 events per 10 s. */
const messageLimit = 10_000;
const eventLimit = 100;
const eventWindowMs = 10_000;

type Level = Parameters<LogLine>[0];

const levels: readonly Level[] = ["debug", "info", "warn", "error"];

/** Turns a function's output into log lines; calls `onReady` when it listens. */
export class WorkerLog {
  readonly #log: LogLine;
  readonly #fields: Readonly<Record<string, unknown>>;
  readonly #onReady: () => void;
  #windowStart = 0;
  #events = 0;
  #dropped = 0;

  constructor(log: LogLine, fields: Readonly<Record<string, unknown>>, onReady: () => void) {
    this.#log = log;
    this.#fields = fields;
    this.#onReady = onReady;
  }

  /** Lines of the prelude are events; anything else (the runtime itself, console.table) is taken as text. */
  read(stream: Readable, level: Level): void {
    let rest = "";
    let raw = "";
    const flush = () => {
      if (raw.trim() !== "") this.#write(level, raw.trimEnd());
      raw = "";
    };
    let timer: NodeJS.Timeout | undefined;
    stream.setEncoding("utf8");
    stream.on("data", (chunk: string) => {
      const lines = (rest + chunk).split("\n");
      rest = lines.pop() ?? "";
      if (rest.length > messageLimit * 8) rest = rest.slice(0, messageLimit * 8);
      for (const line of lines) {
        if (line.startsWith(marker)) this.#event(line.slice(1));
        else if (line.startsWith("warning: Detected export default")) continue;
        else if (raw.length < messageLimit) raw += `${line}\n`;
      }
      clearTimeout(timer);
      timer = setTimeout(flush, 20);
    });
    stream.on("close", () => {
      clearTimeout(timer);
      if (!rest.startsWith(marker)) raw += rest;
      flush();
    });
    stream.on("error", () => stream.destroy());
  }

  /** An event of the platform about this function: booted, shut down. */
  note(level: Level, message: string, fields: Readonly<Record<string, unknown>> = {}): void {
    this.#log(level, message, { ...this.#fields, ...fields });
  }

  #event(json: string): void {
    let event: { type?: unknown; level?: unknown; message?: unknown };
    try {
      event = JSON.parse(json);
    } catch {
      event = { message: json };
    }
    if (event.type === "ready") this.#onReady();
    else this.#write(levels.find((level) => level === event.level) ?? "info", String(event.message ?? ""));
  }

  #write(level: Level, message: string): void {
    const now = Date.now();
    if (now - this.#windowStart > eventWindowMs) {
      if (this.#dropped > 0)
        this.note("warn", `${this.#dropped} log events dropped (limit ${eventLimit} per 10 s)`);
      this.#windowStart = now;
      this.#events = 0;
      this.#dropped = 0;
    }
    if (this.#events >= eventLimit) {
      this.#dropped += 1;
      return;
    }
    this.#events += 1;
    this.note(level, message.length > messageLimit ? message.slice(0, messageLimit) : message, {
      event_type: "Log",
    });
  }
}
