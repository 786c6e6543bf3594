import type { Rule } from "../rule.ts";
import { tags } from "./analysis/value.ts";
import { happeningHits } from "./hits.ts";
import type { FunctionsWorld } from "./world.ts";

export const bodyUnvalidated: Rule<FunctionsWorld> = {
  id: "body-unvalidated",
  area: "functions",
  severity: "error",
  title: "The body is used as it came",
  explanation:
    "Nothing looks at the type or shape of what came in before it goes to the database or to another service: a list, an object or a text of a megabyte arrives where a short text was meant.",
  fix: "Parse it with a schema, or check type and range of each field, and answer 400.",
  example: {
    bad: 'const { title } = await req.json();\nawait client.from("notes").insert({ title });',
    good: 'const parsed = z.object({ title: z.string().max(200) }).safeParse(await req.json());\nif (!parsed.success) return new Response("bad request", { status: 400 });',
  },
  *check(world) {
    const told = new Set<string>();
    yield* happeningHits(world, ({ kind, state, value, bits }, { slug, happenings }) => {
      if ((kind !== "filter" && kind !== "sent") || state.validated) return null;
      // What is sent is put together of parts, any of which counts.
      const known = kind === "sent" ? bits : value.tags;
      if ((known & tags.body) === 0 || (known & tags.valid) !== 0) return null;
      if (told.has(slug) || !happenings.some((one) => one.kind === "body-read")) return null;
      told.add(slug);
      return "uses the body before anything looked at its shape";
    });
  },
};
