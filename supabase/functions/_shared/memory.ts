/** Keeps answers for a while; forgets all of them when there are too many, which bounds it at no cost. */
interface Memory<Value> {
  get(key: string): Value | null;
  put(key: string, value: Value, untilMs: number): void;
}

const maxEntries = 1000;

export function createMemory<Value>(nowMs: () => number): Memory<Value> {
  const entries = new Map<string, { readonly value: Value; readonly untilMs: number }>();
  return {
    get(key) {
      const entry = entries.get(key);
      if (entry === undefined) return null;
      if (entry.untilMs > nowMs()) return entry.value;
      entries.delete(key);
      return null;
    },
    put(key, value, untilMs) {
      if (entries.size >= maxEntries) entries.clear();
      entries.set(key, { value, untilMs });
    },
  };
}
