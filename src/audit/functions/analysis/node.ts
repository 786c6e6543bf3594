import type { SyntaxNode } from "../../../plan/syntax.ts";

export type Node = SyntaxNode;

function isNode(value: unknown): value is Node {
  return typeof value === "object" && value !== null && typeof (value as Node).type === "string";
}

export function part(node: Node, member: string): Node | null {
  const value = node[member];
  return isNode(value) ? value : null;
}

/** Holes and what is no node are left out. */
export function parts(node: Node, member: string): readonly Node[] {
  const value = node[member];
  return Array.isArray(value) ? value.filter(isNode) : [];
}

export function text(node: Node | null, member = "name"): string {
  const value = node?.[member];
  return typeof value === "string" ? value : "";
}

/** The text of a string literal or of a template without holes. */
export function literal(node: Node | null): string | null {
  if (node?.type === "Literal" && typeof node["value"] === "string") return node["value"];
  if (node?.type !== "TemplateLiteral" || parts(node, "expressions").length > 0) return null;
  const value = parts(node, "quasis")[0]?.["value"] as { readonly cooked?: unknown } | undefined;
  return typeof value?.cooked === "string" ? value.cooked : null;
}

/** Without what only the compiler sees, and without the parentheses around. */
export function bare(node: Node): Node {
  const inner = wrappers.has(node.type) ? part(node, "expression") : null;
  return inner == null ? node : bare(inner);
}

const wrappers: ReadonlySet<string> = new Set([
  "TSAsExpression",
  "TSSatisfiesExpression",
  "TSNonNullExpression",
  "TSTypeAssertion",
  "ParenthesizedExpression",
  "ChainExpression",
]);

/** The name of a property or member where it is written out. */
export function keyOf(node: Node, member: "key" | "property"): string | null {
  const key = part(node, member);
  if (key == null) return null;
  if (node["computed"] !== true && (key.type === "Identifier" || key.type === "PrivateIdentifier"))
    return text(key);
  return literal(key) ?? (typeof key["value"] === "number" ? String(key["value"]) : null);
}

export function isFunction(node: Node): boolean {
  const { type } = node;
  return (
    type === "ArrowFunctionExpression" || type === "FunctionDeclaration" || type === "FunctionExpression"
  );
}

/** Whether code that runs with it, not in a function inside it, has a node that passes. */
export function holds(node: Node, test: (node: Node) => boolean): boolean {
  let found = false;
  walk(node, (one) => {
    found ||= test(one);
    return !found && !isFunction(one);
  });
  return found;
}

/** Deeper nesting is no code that a person wrote. */
const maxNesting = 1000;

/** Depth first, in the order of the source. `see` answers false to leave out what is inside. */
export function walk(node: Node, see: (node: Node, parents: readonly Node[]) => boolean | undefined): void {
  const parents: Node[] = [];
  const visit = (current: Node): void => {
    if (parents.length > maxNesting || see(current, parents) === false) return;
    parents.push(current);
    for (const key in current) {
      const value = current[key];
      if (Array.isArray(value)) {
        for (const one of value) if (isNode(one)) visit(one);
      } else if (isNode(value)) visit(value);
    }
    parents.pop();
  };
  visit(node);
}
