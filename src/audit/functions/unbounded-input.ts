import type { Rule } from "../rule.ts";
import { isFunction, type Node, walk } from "./analysis/node.ts";
import { tags } from "./analysis/value.ts";
import { happeningHits } from "./hits.ts";
import type { FunctionsWorld } from "./world.ts";

export const unboundedInput: Rule<FunctionsWorld> = {
  id: "unbounded-input",
  area: "functions",
  severity: "error",
  title: "The caller decides how long the function works",
  explanation:
    "It works through a list of any length, reads an upload of any size, or loops without an end. A function has 256 MB and 2 s of CPU; one request takes them all, and each item may be a database call.",
  fix: "Refuse lists and bodies above a fixed size (413 or 400), and give each loop an end.",
  example: {
    bad: 'for (const event of (await req.json()).events) await client.from("events").insert(event);',
    good: 'if (!Array.isArray(events) || events.length > 100) return new Response("too many", { status: 400 });',
  },
  *check(world) {
    yield* happeningHits(world, ({ kind, name, state, value, node }) => {
      if (kind === "loop" && name === "endless") return hasWayOut(node) ? null : "loops without a way out";
      if (state.bounded) return null;
      if (kind === "body-read" && /^(arrayBuffer|blob|formData|bytes)$/.test(name))
        return "reads an upload of any size into memory";
      return kind === "loop" && (value.tags & tags.body) !== 0 && (value.tags & tags.bounded) === 0
        ? "works through a list from the request of any length"
        : null;
    });
  },
};

function hasWayOut(loop: Node): boolean {
  let found = false;
  walk(loop, (node) => {
    found ||= /^(Break|Return|Throw)Statement$/.test(node.type);
    return !found && !isFunction(node);
  });
  return found;
}
