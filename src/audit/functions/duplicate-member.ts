import type { Rule } from "../rule.ts";
import { keyOf, part, parts, walk } from "./analysis/node.ts";
import type { FunctionsWorld } from "./world.ts";

export const duplicateMember: Rule<FunctionsWorld> = {
  id: "duplicate-member",
  area: "functions",
  severity: "error",
  title: "A member is written twice, so the first one is lost",
  explanation:
    "The later method, field or key replaces the one before without a word. It is what is left of a merge gone wrong.",
  fix: "Keep the one that is meant.",
  example: {
    bad: "class Scores {\n  load() { return this.fromCache(); }\n  load() { return this.fromDatabase(); }\n}",
    good: "class Scores {\n  load() { return this.fromDatabase(); }\n}",
  },
  *check({ modules }) {
    for (const { path, program } of modules) {
      const hits: { file: string; offset: number; subject: string; detail: string }[] = [];
      walk(program, (node) => {
        const members =
          node.type === "ObjectExpression"
            ? parts(node, "properties")
            : node.type === "ClassBody"
              ? parts(node, "body")
              : [];
        const seen = new Set<string>();
        for (const one of members) {
          const name = keyOf(one, "key");
          const isBodiless =
            one.type === "MethodDefinition" && part(part(one, "value") ?? one, "body") == null;
          if (name == null || isBodiless || /^TS|^Spread/.test(one.type)) continue;
          const accessor = one["kind"] === "get" || one["kind"] === "set" ? String(one["kind"]) : "";
          const key = `${accessor}:${one["static"] === true}:${one.type === "ObjectExpression" ? "" : name}`;
          if (seen.has(key))
            hits.push({
              file: path,
              offset: one.start,
              subject: name,
              detail: `${name} is there twice, and the first is lost`,
            });
          seen.add(key);
        }
        return undefined;
      });
      yield* hits;
    }
  },
};
