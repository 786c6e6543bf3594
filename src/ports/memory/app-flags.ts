import { type AppFlag, type FlagState, sameFlag } from "../../plan/app-flag.ts";
import type { AppFlags } from "../app-flags.ts";
import { flagMoved } from "../flags-moved.ts";
import { assertFence, type IsCurrent } from "./fence-check.ts";

export interface MemoryAppFlags extends AppFlags {
  readonly state: Map<string, FlagState & { readonly updatedAt: string }>;
}

export function createMemoryAppFlags(
  isCurrent: IsCurrent = () => true,
  now: () => number = Date.now,
): MemoryAppFlags {
  const state: MemoryAppFlags["state"] = new Map();
  return {
    state,
    async read() {
      return [...state]
        .map(([key, flag]): AppFlag => ({ key, ...flag }))
        .sort((a, b) => (a.key < b.key ? -1 : 1));
    },
    async apply(changes, fence) {
      assertFence(fence, isCurrent);
      const due = changes.filter(({ key, to }) => !sameFlag(state.get(key) ?? null, to));
      for (const change of due) {
        const found = state.get(change.key) ?? null;
        if (!sameFlag(found, change.from)) throw flagMoved(change, found);
      }
      for (const { key, to } of due) {
        if (to == null) state.delete(key);
        else state.set(key, { ...to, updatedAt: new Date(now()).toISOString() });
      }
    },
  };
}
