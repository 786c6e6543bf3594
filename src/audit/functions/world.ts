import type { FunctionVerdict } from "../../plan/function-verdict.ts";
import type { SourceTree } from "../../plan/source-tree.ts";
import type { Happening } from "./analysis/happening.ts";
import type { Module } from "./analysis/module.ts";
import type { ModuleGraph } from "./analysis/module-graph.ts";
import type { FunctionUsage } from "./usage/usage.ts";

/** A function as its folder holds it. */
export interface FunctionSource {
  readonly slug: string;
  readonly folder: string;
  /** The file that the platform starts; null when there is none. */
  readonly entry: string | null;
  /** The entry and all it imports. */
  readonly modules: readonly Module[];
  /** What its handlers do, in the order they do it. */
  readonly happenings: readonly Happening[];
  /** It runs behind the platform's gateway, which passes the path on with the function's name. */
  readonly isEdge: boolean;
  /** As supabase/config.toml says; null where it says nothing. */
  readonly verifyJwt: boolean | null;
  /** As verdicts are bound to; null without code. */
  readonly sourceHash: string | null;
}

/** What `supabase/config.toml` says of a function. */
export interface ConfiguredFunction {
  readonly slug: string;
  readonly file: string;
  readonly offset: number;
  readonly verifyJwt: boolean | null;
}

export interface FunctionsWorld {
  readonly tree: SourceTree;
  readonly graph: ModuleGraph;
  readonly functions: readonly FunctionSource[];
  /** Modules of all functions, each once. */
  readonly modules: readonly Module[];
  readonly configured: readonly ConfiguredFunction[];
  readonly usage: readonly FunctionUsage[];
  /** Null without checklists/audit-verdicts.yaml. */
  readonly verdicts: readonly FunctionVerdict[] | null;
  /** Database functions that execute a text made of their arguments: name to `file:line`. */
  readonly executing: ReadonlyMap<string, string>;
  /** Running on the target; null without one. */
  readonly deployed: { readonly target: string; readonly slugs: readonly string[] } | null;
  /** Why its records cannot be read. */
  readonly verdictMistakes: readonly string[];
}
