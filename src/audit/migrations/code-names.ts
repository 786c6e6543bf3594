import type { SchemaStory } from "./schema/fold.ts";

/** Whether the set makes anything in a schema: else it is not the set to ask. */
export function knowsSchema({ schema }: SchemaStory, name: string): boolean {
  return [...schema.relations.keys(), ...schema.functions.keys()].some((key) => key.startsWith(`${name}.`));
}

/** Tables and views of a schema, bare. */
export function localNames({ schema }: SchemaStory, name: string): readonly string[] {
  return [...schema.relations]
    .filter(([key, { kind }]) => key.startsWith(`${name}.`) && (kind === "table" || kind === "view"))
    .map(([key]) => key.slice(name.length + 1));
}
