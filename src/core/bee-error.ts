import type { ExitCode } from "./exit-code.ts";

export interface BeeErrorFields {
  /** Stable id, `BEE-E` and three digits; `bee explain <code>` tells more. */
  readonly code: `BEE-E${string}`;
  /** What failed, in one line. */
  readonly message: string;
  /** Which state the target is in now, or the evidence (may span lines). */
  readonly detail?: string;
  /** The exact next command or change. */
  readonly hint?: string;
  readonly exit: ExitCode;
  readonly cause?: unknown;
}

/** "Broken", as against a "no", which is a value (see Verdict). Never carries a secret. */
export class BeeError extends Error {
  readonly code: string;
  readonly detail: string | undefined;
  readonly hint: string | undefined;
  readonly exit: ExitCode;

  constructor(fields: BeeErrorFields) {
    super(fields.message, fields.cause === undefined ? undefined : { cause: fields.cause });
    this.name = "BeeError";
    this.code = fields.code;
    this.detail = fields.detail;
    this.hint = fields.hint;
    this.exit = fields.exit;
  }
}
