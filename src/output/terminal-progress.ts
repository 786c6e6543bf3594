import { Listr, type ListrTaskWrapper, PRESET_TIMER } from "listr2";
import type { Plan } from "../plan/plan.ts";
import type { RunEvent } from "../plan/run-event.ts";
import { createPlainProgress, type Progress, type ProgressOptions } from "./plain-progress.ts";

type Task = Pick<ListrTaskWrapper<unknown, never, never>, "output" | "skip">;

interface Row {
  readonly id: string;
  readonly ended: Promise<Ending>;
  readonly end: (ending: Ending) => void;
  task?: Task;
}

type Ending = { readonly ok: true; readonly skipped?: string } | { readonly ok: false; readonly why: string };

/** Live rows on a terminal (listr2), a block each for the gates before, the steps and the gates after. */
export function createTerminalProgress(options: ProgressOptions): Progress {
  const plain = createPlainProgress(options);
  let blocks: Block[] = [];
  const row = (id: string): Row | undefined => {
    const block = blocks.find(({ rows }) => rows.some((candidate) => candidate.id === id));
    block?.show();
    return block?.rows.find((candidate) => candidate.id === id);
  };
  return {
    on(event: RunEvent) {
      switch (event.type) {
        case "plan":
          blocks = assembleBlocks(event.plan);
          return plain.on(event);
        case "step-started":
        case "gate-started":
          row(event.id);
          return;
        case "note": {
          const task = event.step == null ? undefined : row(event.step)?.task;
          if (task == null) return plain.on(event);
          task.output = event.text;
          return;
        }
        case "step-ended":
          return row(event.id)?.end(endingOfStep(event));
        case "gate-ended":
          return row(event.id)?.end(endingOfGate(event));
        case "target":
          return plain.on(event);
      }
    },
    close: () => plain.close(),
  };
}

interface Block {
  readonly rows: readonly Row[];
  show(): void;
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
  const rows = titles.map(([id]) => createRow(id));
  let shown = false;
  return {
    rows,
    show() {
      if (shown) return;
      shown = true;
      const tasks = titles.map(([id, title]) => ({
        title,
        task: async (_ctx: unknown, task: Task) => {
          const own = rows.find((candidate) => candidate.id === id);
          if (own == null) return;
          own.task = task;
          const ending = await own.ended;
          if (!ending.ok) throw new Error(ending.why);
          if (ending.skipped != null) task.skip(`${title}: ${ending.skipped}`);
        },
      }));
      const options = { concurrent: true, exitOnError: false, rendererOptions: { timer: PRESET_TIMER } };
      void new Listr(tasks, { ...options, renderer: "default" }).run().catch(() => undefined);
    },
  };
}

function createRow(id: string): Row {
  let end: (ending: Ending) => void = () => undefined;
  const ended = new Promise<Ending>((resolve) => {
    end = resolve;
  });
  return { id, ended, end };
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
