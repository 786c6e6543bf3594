import type { AccessCatalog, AccessRelation } from "./access-catalog.ts";

/** Tables that a view's definition or a function's body comes to by name, through views and functions as well. */
export function findMentions(catalog: AccessCatalog): (text: string) => ReadonlySet<AccessRelation> {
  const words = (text: string): ReadonlySet<string> => new Set(text.match(/[\p{L}_][\p{L}\p{N}_$]*/gu) ?? []);
  const isPlain = (name: string): boolean => /^[\p{L}_][\p{L}\p{N}_$]*$/u.test(name);
  const known = [
    ...catalog.relations.map((relation) => ({
      name: relation.name,
      relation,
      text: relation.definition ?? "",
    })),
    ...catalog.functions.map((fn) => ({ name: fn.name, relation: null, text: fn.source })),
  ];
  const byWord = new Map<string, (typeof known)[number][]>();
  const odd = known.filter(({ name }) => !isPlain(name));
  for (const one of known)
    if (isPlain(one.name)) byWord.set(one.name, [...(byWord.get(one.name) ?? []), one]);
  return (text) => {
    const found = new Set<AccessRelation>();
    const seen = new Set<(typeof known)[number]>();
    const pending = [text];
    for (let next = pending.pop(); next != null; next = pending.pop()) {
      const current = next;
      const hits = [
        ...[...words(current)].flatMap((word) => byWord.get(word) ?? []),
        ...odd.filter(({ name }) => current.includes(name)),
      ];
      for (const hit of hits) {
        if (seen.has(hit)) continue;
        seen.add(hit);
        if (hit.relation?.kind === "r" || hit.relation?.kind === "p") found.add(hit.relation);
        if (hit.text !== "") pending.push(hit.text);
      }
    }
    return found;
  };
}
