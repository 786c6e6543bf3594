import type { RunEvent } from "../plan/run-event.ts";
import { formatDuration } from "./format-duration.ts";
import type { Style } from "./style.ts";

export interface Progress {
  on(event: RunEvent): void;
  /** Resolves when all is shown. */
  close(): Promise<void>;
}

export interface ProgressOptions {
  readonly write: (text: string) => void;
  readonly style: Style;
  readonly verbose: boolean;
}

const heartbeatMs = 10_000;

/** One line per step and gate, for CI and pipes; a heartbeat says what is still going on. */
export function createPlainProgress({ write, style, verbose }: ProgressOptions): Progress {
  const running = new Map<string, number>();
  const line = (text: string): void => write(`${text}\n`);
  const heartbeat = setInterval(() => {
    for (const [title, since] of running)
      line(style.dim(`… ${title}, ${formatDuration(Date.now() - since)}`));
  }, heartbeatMs);
  heartbeat.unref();
  return {
    on(event) {
      switch (event.type) {
        case "target":
          return line(`target ${style.bold(event.name)} ${event.ref} ${style.dim(event.url)}`);
        case "plan":
          return event.plan.notes.forEach((note) => {
            line(`${style.yellow("note")} ${note}`);
          });
        case "note":
          return event.step == null || verbose ? line(style.dim(`  ${event.text}`)) : undefined;
        case "step-started":
        case "gate-started":
          running.set(event.title, Date.now());
          return verbose ? line(style.dim(`… ${event.title}`)) : undefined;
        case "step-ended":
          running.delete(event.title);
          return line(renderStepLine(event, style));
        case "gate-ended":
          running.delete(event.title);
          return line(renderGateLine(event, style));
      }
    },
    close: async () => clearInterval(heartbeat),
  };
}

function renderStepLine(event: Extract<RunEvent, { type: "step-ended" }>, style: Style): string {
  const mark = {
    done: style.green("✓"),
    unchanged: style.dim("="),
    failed: style.red("✗"),
    skipped: style.dim("-"),
    undone: style.yellow("↶"),
  };
  const time =
    event.status === "unchanged" ? style.dim("unchanged") : style.dim(formatDuration(event.durationMs));
  return `${mark[event.status]} ${event.title} ${time}`;
}

function renderGateLine(event: Extract<RunEvent, { type: "gate-ended" }>, style: Style): string {
  const { kind } = event.verdict;
  const mark =
    kind === "pass"
      ? style.green("✓")
      : kind === "fail"
        ? style.red("✗")
        : kind === "not-applicable" || kind === "waived"
          ? style.dim("-")
          : style.yellow("?");
  const said = kind === "pass" ? "" : ` ${style.bold(kind)}`;
  return `${mark} ${event.title}${said} ${style.dim(formatDuration(event.durationMs))}`;
}
