/** One step of a down; the order between them follows from `after`. */
export interface Operation {
  readonly id: string;
  readonly sql: readonly string[];
  /** Among operations that may come next, the lowest goes first. */
  readonly rank: number;
  readonly after: Set<string>;
}

/** Operations in an order that keeps every `after`; where they go round in a circle the lowest rank breaks it. */
export function orderOperations(operations: readonly Operation[]): readonly Operation[] {
  const left = new Map(operations.map((operation) => [operation.id, operation]));
  const ordered: Operation[] = [];
  while (left.size > 0) {
    const ready = [...left.values()].filter(({ after }) => ![...after].some((id) => left.has(id)));
    const [next] = (ready.length > 0 ? ready : [...left.values()]).toSorted((a, b) => a.rank - b.rank);
    if (next == null) break;
    left.delete(next.id);
    ordered.push(next);
  }
  return ordered;
}
