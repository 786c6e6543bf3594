import type { TargetName } from "../../config/schema.ts";
import type { Finding } from "../../core/verdict.ts";
import type { SourceTree } from "../../plan/source-tree.ts";
import type { CommandContext } from "../context.ts";
import type { Target } from "../target.ts";

/** What an area's audit gets: sources as values, and the target when one was named. */
export interface AreaInput {
  readonly ctx: CommandContext;
  /** Absolute path of the audited folder; nothing is written there. */
  readonly root: string;
  readonly tree: SourceTree;
  /** The tree's texts by path. */
  readonly texts: ReadonlyMap<string, string>;
  readonly target: { readonly name: TargetName; readonly connected: Target } | null;
  /** Go on after the first error where the area stops at it. */
  readonly keepGoing: boolean;
  /** Apply the migrations to a scratch database as well. */
  readonly proof: boolean;
  /** Ask Deno's check and lint as well. */
  readonly deno: boolean;
}

export interface AreaAnswer {
  /** There was nothing of the area's to look at. */
  readonly isEmpty: boolean;
  readonly findings: readonly Finding[];
  /** What was looked at, for the person: label and value. */
  readonly facts: readonly (readonly [string, string])[];
  /** The area's own part of the --json document. */
  readonly data?: object;
}

export type AuditArea = (input: AreaInput) => Promise<AreaAnswer>;
