import { type Holder, markedNumber, markedUuid, type Tags } from "./column-values.ts";
import type { TableAccess } from "./find-owners.ts";

export function userId(tags: Tags, holder: Holder): string {
  return markedUuid(tags[holder], 1);
}

/** What a claim or tenant holds for one user: the same in every column and in the token. */
export function sharedValue(tags: Tags, catalogKeys: ReadonlyMap<string, string>) {
  return (key: string, holder: Holder): string => {
    const index = [...catalogKeys.keys()].indexOf(key) + 2;
    const base = catalogKeys.get(key) ?? "uuid";
    if (key === "claim:email") return `${tags[holder]}@example.invalid`;
    if (/^(smallint|integer|bigint|numeric)/.test(base))
      return String(
        markedNumber({ tag: tags[holder], serial: index }) % (base === "smallint" ? 30_000 : 2_000_000_000),
      );
    return markedUuid(tags[holder], index);
  };
}

/** Claim keys and the type of the columns that hold them; numbers win, they fit nothing else. */
export function collectKeys(access: ReadonlyMap<number, TableAccess>): ReadonlyMap<string, string> {
  const keys = new Map<string, string>();
  for (const { table, bindings } of access.values()) {
    for (const [num, binding] of bindings) {
      if (binding.kind !== "claim" && binding.kind !== "shared") continue;
      const base = table.columns.find((column) => column.num === num)?.base ?? "uuid";
      const before = keys.get(binding.key);
      if (before == null || /^(smallint|integer|bigint|numeric)/.test(base)) keys.set(binding.key, base);
    }
  }
  return keys;
}
