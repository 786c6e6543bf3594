import type { RemoteNames } from "./remote-names.ts";

const anything = "<A = any, B = any, C = any, D = any> = any";

/** A module in the place of a remote one: each name is any value, any type and any namespace. */
export function renderStub(names: RemoteNames): string {
  const all = [...names].map(([name, below], index) => ({ name, below, own: `any${index}` }));
  const lines = all.map(
    ({ own, below }) => `const ${own}: any = 0; type ${own}${anything};${renderSpace(own, [...below])}`,
  );
  const exported = all.map(({ name, own }) => `${own} as ${isName(name) ? name : JSON.stringify(name)}`);
  return [...lines, `export { ${exported.join(", ")} };`, ""].join("\n");
}

function isName(name: string): boolean {
  return /^[\p{L}_$][\p{L}\p{N}_$]*$/u.test(name);
}

/** `Checkout.Session` and `Event` as nested namespaces of types. */
function renderSpace(name: string, chains: readonly string[]): string {
  if (chains.length === 0) return "";
  const heads = new Map<string, string[]>();
  for (const chain of chains) {
    const [head = "", ...rest] = chain.split(".");
    if (!isName(head)) continue;
    const below = heads.get(head) ?? [];
    heads.set(head, rest.length === 0 ? below : [...below, rest.join(".")]);
  }
  const inner = [...heads].map(
    ([head, below]) =>
      `export type ${head}${anything};${below.length === 0 ? "" : ` export ${renderSpace(head, below).trim()}`}`,
  );
  return ` namespace ${name} { ${inner.join(" ")} }`;
}
