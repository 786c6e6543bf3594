import type { Target } from "./target.ts";

/** An empty embedded platform of its own, to try things on that no target may see. */
export interface Scratch {
  readonly target: Target;
  /** The same adapters on a port where nothing listens. */
  readonly nowhere: Target["ports"];
  /** Stops everything and deletes all files; repeatable. */
  close(): Promise<void>;
}
