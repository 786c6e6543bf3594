import type { Severity } from "../core/verdict.ts";

/** `sources`: asked in every audit. */
export type Area = "sources" | "functions" | "migrations" | "env";

/** What `bee explain` and docs/audit.md say of a rule. */
export interface RuleText {
  /** Kebab-case, unique over all areas; baselines refer to it. */
  readonly id: string;
  readonly area: Area;
  /** Of its findings, unless a hit says otherwise. */
  readonly severity: Severity;
  /** One line, no full stop. */
  readonly title: string;
  readonly explanation: string;
  readonly fix: string;
  readonly example: { readonly bad: string; readonly good: string };
}

/** One place where a rule speaks. */
export interface Hit {
  /** Relative to the audited folder, posix. */
  readonly file: string;
  /** 0-based, in UTF-16 units of the file's text; wins over `line`. */
  readonly offset?: number;
  /** From 1. */
  readonly line?: number;
  /** From 1, beside `line`. */
  readonly column?: number;
  readonly subject: string;
  readonly detail: string;
  readonly fix?: string;
  readonly severity?: Severity;
  /** What the key is made from, such as the statement; default: the text of the line. Never a line number. */
  readonly anchor?: string;
}

/** `World` is all that the rules of one area look at, read and parsed before. Pure. */
export interface Rule<World> extends RuleText {
  check(world: World): Iterable<Hit>;
}
