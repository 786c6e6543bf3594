import { Listr, ListrLogger, type ListrTaskWrapper, PRESET_TIMER, ProcessOutput } from "listr2";
import type { Plan } from "../plan/plan.ts";
import type { RunEvent } from "../plan/run-event.ts";
import { createPlainProgress, type Progress, type ProgressOptions } from "./plain-progress.ts";

type Task = Pick<ListrTaskWrapper<unknown, never, never>, "output" | "skip" | "title">;

interface Row {
  readonly id: string;
  readonly ended: Promise<Ending>;
  readonly end: (ending: Ending) => void;
  title: string;
  task?: Task;
}

type Ending = { readonly ok: true; readonly skipped?: string } | { readonly ok: false; readonly why: string };

/** Live rows on a terminal (listr2), a block each for the gates before, the steps and the gates after. */
export function createTerminalProgress(options: ProgressOptions): Progress {
  const plain = createPlainProgress(options);
  let blocks: Block[] = [];
  // One block draws at a time: two would draw over each other.
  let drawn: Promise<unknown> = Promise.resolve();
  const row = (id: string): Row | undefined => {
    const block = blocks.find(({ rows }) => rows.some((candidate) => candidate.id === id));
    if (block != null && !block.shown) {
      block.shown = true;
      drawn = drawn.then(() => block.draw());
    }
    return block?.rows.find((candidate) => candidate.id === id);
  };
  return {
    on(event: RunEvent) {
      switch (event.type) {
        case "plan":
          // With nothing to do there are a few gates to show: plain lines will do.
          blocks = event.plan.pending ? assembleBlocks(event.plan) : [];
          return plain.on(event);
        case "step-started":
        case "gate-started":
          return blocks.length === 0 ? plain.on(event) : name(row(event.id), event.title);
        case "note": {
          const task = event.step == null ? undefined : row(event.step)?.task;
          if (task == null) return plain.on(event);
          task.output = event.text;
          return;
        }
        case "step-ended":
          return blocks.length === 0 ? plain.on(event) : row(event.id)?.end(endingOfStep(event));
        case "gate-ended":
          return blocks.length === 0 ? plain.on(event) : row(event.id)?.end(endingOfGate(event));
        case "target":
          return plain.on(event);
      }
    },
    close: async () => {
      for (const { end } of blocks.flatMap(({ rows }) => rows)) end({ ok: true, skipped: "not started" });
      await drawn;
      await plain.close();
    },
  };
}

interface Block {
  readonly rows: readonly Row[];
  shown: boolean;
  /** Resolves when all its rows have ended. */
  draw(): Promise<void>;
}

/** Gates are named by id until they start: the plan knows no titles. */
function name(row: Row | undefined, title: string): void {
  if (row == null) return;
  row.title = title;
  if (row.task != null) row.task.title = title;
}

function assembleBlocks(plan: Plan): Block[] {
  const titled = (ids: readonly string[]): Block => createBlock(ids.map((id) => [id, id] as const));
  return [
    titled(plan.gatesBefore),
    createBlock(plan.steps.map(({ id, title }) => [id, title] as const)),
    titled(plan.gatesAfter),
  ];
}

function createBlock(titles: readonly (readonly [string, string])[]): Block {
  const rows = titles.map(([id, title]) => createRow(id, title));
  return {
    rows,
    shown: false,
    async draw() {
      const tasks = rows.map((row) => ({
        title: row.title,
        task: async (_ctx: unknown, task: Task) => {
          row.task = task;
          const ending = await row.ended;
          if (!ending.ok) throw new Error(ending.why);
          if (ending.skipped != null) task.skip(`${row.title}: ${ending.skipped}`);
        },
      }));
      // Progress goes to stderr; stdout is for results.
      const logger = new ListrLogger({ processOutput: new ProcessOutput(process.stderr, process.stderr) });
      const rendererOptions = { timer: PRESET_TIMER, logger };
      await new Listr(tasks, {
        concurrent: true,
        exitOnError: false,
        rendererOptions,
      })
        .run()
        .catch(() => undefined);
    },
  };
}

function createRow(id: string, title: string): Row {
  let end: (ending: Ending) => void = () => undefined;
  const ended = new Promise<Ending>((resolve) => {
    end = resolve;
  });
  return { id, title, ended, end };
}

function endingOfStep({ status, detail }: Extract<RunEvent, { type: "step-ended" }>): Ending {
  if (status === "failed") return { ok: false, why: detail ?? "failed" };
  return status === "done" ? { ok: true } : { ok: true, skipped: status };
}

function endingOfGate({ verdict }: Extract<RunEvent, { type: "gate-ended" }>): Ending {
  if (verdict.kind === "pass") return { ok: true };
  if (verdict.kind === "not-applicable" || verdict.kind === "waived") {
    return { ok: true, skipped: verdict.kind };
  }
  return { ok: false, why: verdict.kind };
}
