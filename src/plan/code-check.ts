/**
 * Sources laid out for a checker to look at, apart from where they came from: the modules as they are, stand-ins for what
 * is remote, and a configuration of our own. Paths are relative and posix.
 */
export interface CodeMirror {
  readonly files: ReadonlyMap<string, string>;
  /** As deno.json. */
  readonly config: object;
  /** Whose types are checked, with all they import. */
  readonly check: readonly string[];
  readonly lint: readonly string[];
}

export interface CodeDiagnostic {
  readonly tool: "check" | "lint";
  /** `TS2304`, `no-unused-vars`. */
  readonly code: string;
  readonly message: string;
  /** The tool's advice, where it has one. */
  readonly hint: string | null;
  /** In the mirror. */
  readonly file: string;
  /** From 1. */
  readonly line: number;
  readonly column: number;
}

export interface CodeAnswer {
  readonly diagnostics: readonly CodeDiagnostic[];
  /** What could not be asked, and why. */
  readonly unasked: readonly string[];
}
