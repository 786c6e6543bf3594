import type { CodeAnswer, CodeMirror } from "../plan/code-check.ts";

/** A compiler's and a linter's word on sources. It runs none of them and asks no network. */
export interface CodeChecker {
  /** Such as `Deno 2.9.5`; null when there is none here. */
  readVersion(): Promise<string | null>;
  check(mirror: CodeMirror, signal: AbortSignal): Promise<CodeAnswer>;
}
