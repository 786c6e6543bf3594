import { createHash } from "node:crypto";
import type { Secret } from "../../core/secret.ts";
import type { SecretStore } from "../secret-store.ts";

interface MemorySecretStore extends SecretStore {
  readonly state: { readonly values: Map<string, Secret>; readonly writes: string[] };
}

export function createMemorySecretStore(initial: ReadonlyMap<string, Secret> = new Map()): MemorySecretStore {
  const values = new Map(initial);
  const writes: string[] = [];
  return {
    state: { values, writes },
    async readDigests() {
      return new Map(
        [...values].map(([name, value]) => [name, createHash("sha256").update(value.reveal()).digest("hex")]),
      );
    },
    async set(added) {
      writes.push(["set", ...added.keys()].join(" "));
      for (const [name, value] of added) values.set(name, value);
    },
    async unset(names) {
      writes.push(["unset", ...names].join(" "));
      for (const name of names) values.delete(name);
    },
  };
}
