import { evaluate } from "./evaluate.ts";
import { type Node, part } from "./node.ts";
import type { Run } from "./run.ts";
import { type Closure, unknown, type Value } from "./value.ts";

/** What a member of a class is: a method, or a property's value; null for one without. */
export function classMember(
  run: Run,
  member: Node,
  { scope, self }: Pick<Closure, "scope" | "self">,
): Value | null {
  const given = part(member, "value");
  if (given == null) return null;
  return member.type === "MethodDefinition"
    ? { ...unknown, closures: [{ node: given, scope, self }] }
    : evaluate(run, scope, given);
}
