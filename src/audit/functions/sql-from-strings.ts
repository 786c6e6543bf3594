import type { Rule } from "../rule.ts";
import { deepTags, tags, type Value } from "./analysis/value.ts";
import { happeningHits } from "./hits.ts";
import type { FunctionsWorld } from "./world.ts";

function isOpen(value: Value): boolean {
  const bits = deepTags(value);
  return (bits & tags.taint) !== 0 && (bits & (tags.listed | tags.shaped)) === 0;
}

export const sqlFromStrings: Rule<FunctionsWorld> = {
  id: "sql-from-strings",
  area: "functions",
  severity: "error",
  title: "SQL, a filter or code is put together from what the caller sent",
  explanation:
    "Text that is joined into a statement becomes part of it. The same holds for .or() and .filter() strings, for a database function that EXECUTEs its argument, and for new Function.",
  fix: "Use parameters ($1, tagged templates), .eq() and the like; drop functions that execute texts.",
  example: {
    bad: "await db.queryObject(`select * from notes where title = '${title}'`);",
    good: "await db.queryObject`select * from notes where title = ${title}`;",
  },
  *check(world) {
    yield* happeningHits(world, ({ kind, name, bits, value }) => {
      const executed = kind === "rpc" ? world.executing.get(name) : null;
      if (executed != null && [...(value.members?.values() ?? [])].some(isOpen))
        return `hands the caller's words to ${name}, which executes them (${executed})`;
      if (kind !== "sql") return null;
      if ((bits & tags.taint) !== 0 && (bits & (tags.listed | tags.shaped)) === 0)
        return `hands a text with the caller's words in it to ${name}`;
      return name.startsWith("rpc ") && (bits & tags.built) !== 0
        ? `hands SQL as a text to ${name}, which executes what it gets`
        : null;
    });
  },
};
