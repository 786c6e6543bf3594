import type { ObjectStore } from "../object-store.ts";

export interface MemoryObjectStore extends ObjectStore {
  readonly state: {
    readonly objects: Map<string, string>;
    /** What was ever written, also what is gone. */
    readonly written: string[];
    open: boolean;
  };
}

export function createMemoryObjectStore(now: () => number = Date.now): MemoryObjectStore {
  const objects = new Map<string, string>();
  const state: MemoryObjectStore["state"] = { objects, written: [], open: false };
  return {
    state,
    async write(name, body) {
      objects.set(name, body.toString());
      state.written.push(name);
      return new Date(now());
    },
    async read(name) {
      return objects.get(name) ?? null;
    },
    async list(prefix) {
      return [...objects.keys()].filter((name) => name.startsWith(prefix)).sort();
    },
    async remove(name) {
      objects.delete(name);
    },
    async isPublic() {
      return state.open;
    },
  };
}
