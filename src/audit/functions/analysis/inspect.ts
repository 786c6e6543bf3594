import type { Happening } from "./happening.ts";
import type { ModuleGraph } from "./module-graph.ts";
import { serveApps } from "./route.ts";
import { Run } from "./run.ts";
import { tagged, tags } from "./value.ts";

interface Inspected {
  readonly happenings: readonly Happening[];
  /** Behind the platform's gateway, not a server of its own. */
  readonly isEdge: boolean;
}

/** What a function does from its entry on, whichever way it takes requests. */
export function inspect(graph: ModuleGraph, entry: string): Inspected {
  const run = new Run(graph);
  const module = graph.module(entry);
  if (module == null) return { happenings: [], isEdge: false };
  try {
    take(run, graph, entry);
  } catch (error) {
    // Nested too deeply to follow; what was seen so far holds.
    if (!(error instanceof RangeError)) throw error;
  }
  const isEdge = /\bDeno\.|\bserve\s*\(|withSupabase|["']npm:/.test(module.text);
  return { happenings: unite(run.happenings), isEdge };
}

/** Loads the module; what serves nothing by itself is asked for its handler. */
function take(run: Run, graph: ModuleGraph, entry: string): void {
  const module = graph.module(entry);
  if (module == null) return;
  run.scopeOf(module);
  if (run.handlers === 0) {
    const handler = run.exportOf(entry, "default");
    const named = ["handler", "fetch", "main"].map((name) => run.exportOf(entry, name));
    for (const one of [handler, handler?.members?.get("fetch"), ...named]) {
      if (one != null && one.closures.length > 0)
        run.serve(one, [tagged(tags.request), tagged(tags.response)]);
    }
  }
  serveApps(run);
}

/** The same place reached more than once is told once for each state it is reached in. */
function unite(all: readonly Happening[]): readonly Happening[] {
  const seen = new Map<string, Happening>();
  for (const one of all) {
    const { authed, owner, validated, failing, overlooked } = one.state;
    const key = [
      one.kind,
      one.file,
      one.node.start,
      one.name,
      one.bits,
      one.status,
      authed,
      owner,
      validated,
      failing,
      overlooked,
    ].join();
    if (!seen.has(key)) seen.set(key, one);
  }
  return [...seen.values()];
}
