import type { Project } from "../config/find-project.ts";
import type { TargetName } from "../config/schema.ts";
import type { Clock } from "../engine/clock.ts";
import type { Emit } from "../plan/run-event.ts";
import type { CodeChecker } from "../ports/code-checker.ts";
import type { FunctionBundler } from "../ports/function-bundler.ts";
import type { Journal } from "../ports/journal.ts";
import type { ShadowDatabase } from "../ports/shadow-database.ts";
import type { Copy } from "./copy.ts";
import type { Scratch } from "./scratch.ts";
import type { Target } from "./target.ts";

/** What the composition root hands to commands: the world, as values. */
export interface CommandContext {
  readonly cwd: string;
  readonly env: NodeJS.ProcessEnv;
  readonly clock: Clock;
  readonly signal: AbortSignal;
  readonly emit: Emit;
  /** `user@host pid N`. */
  readonly actor: string;
  readonly version: string;
  /** A person is there to answer: a terminal, not CI, no --no-input. */
  readonly interactive: boolean;
  readonly ask: (question: string) => Promise<string>;
  readonly connect: (project: Project, target: TargetName) => Promise<Target>;
  /** A throw-away copy of a target, to rehearse on. Throws BEE-E850 … E853 when none can be made. */
  readonly openCopy: (project: Project, source: Target) => Promise<Copy>;
  /** An empty platform of its own, for what no target may see. */
  readonly openScratch: (project: Project) => Promise<Scratch>;
  /** Scratch databases, to prove a way back before the target is touched. */
  readonly shadow: ShadowDatabase;
  /** Deno's check and lint, for the audit; there may be no Deno. */
  readonly codeChecker: () => Promise<CodeChecker>;
  readonly bundler: (project: Project) => FunctionBundler;
  readonly journal: (project: Project, target: TargetName) => Journal;
}
