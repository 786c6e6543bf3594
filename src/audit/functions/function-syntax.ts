import type { Rule } from "../rule.ts";
import type { FunctionsWorld } from "./world.ts";

export const functionSyntax: Rule<FunctionsWorld> = {
  id: "function-syntax",
  area: "functions",
  severity: "error",
  title: "A source of a function does not parse",
  explanation:
    "The function cannot be bundled. Nothing else is known of this file, so other findings may be missing.",
  fix: "Mend what the message names.",
  example: {
    bad: 'Deno.serve(async (req) => { return new Response("ok" });',
    good: 'Deno.serve(async (req) => { return new Response("ok"); });',
  },
  *check({ modules }) {
    for (const { path, problems } of modules) {
      const [first] = problems;
      if (first != null) yield { file: path, offset: first.offset, subject: path, detail: first.message };
    }
  },
};
