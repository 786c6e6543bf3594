/** Append-only. An `intent` without its `result` marks what was in flight when bee died. */
export type JournalEntry =
  | {
      readonly type: "run";
      readonly run: string;
      readonly at: string;
      readonly planDigest: string;
      readonly phase: string;
    }
  | {
      readonly type: "intent";
      readonly run: string;
      readonly at: string;
      readonly step: string;
      readonly inputKey: string;
    }
  | {
      readonly type: "result";
      readonly run: string;
      readonly at: string;
      readonly step: string;
      readonly inputKey: string;
      readonly outcome: "done" | "failed" | "undone";
    }
  | { readonly type: "end"; readonly run: string; readonly at: string; readonly exitCode: number };
