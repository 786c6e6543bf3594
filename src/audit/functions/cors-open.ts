import type { Rule } from "../rule.ts";
import { keyOf, literal, part, parts, walk } from "./analysis/node.ts";
import { tags } from "./analysis/value.ts";
import { happeningHits } from "./hits.ts";
import type { FunctionsWorld } from "./world.ts";

const credentials = /access-control-allow-credentials|\bcredentials\s*:\s*true/i;

export const corsOpen: Rule<FunctionsWorld> = {
  id: "cors-open",
  area: "functions",
  severity: "error",
  title: "Any web page may call with the user's credentials",
  explanation:
    "An Access-Control-Allow-Origin that repeats whatever origin asked, or is `*`, beside Allow-Credentials lets every page the user opens read the answers. Without credentials it says no more than that the data is public.",
  fix: "Compare the origin with a list and answer that one; without credentials, `*` is for public data only.",
  example: {
    bad: 'headers: { "Access-Control-Allow-Origin": req.headers.get("origin"), "Access-Control-Allow-Credentials": "true" }',
    good: '...(allowed.includes(origin) ? { "Access-Control-Allow-Origin": origin } : {})',
  },
  *check(world) {
    // Without credentials it lets in no more than `*` does.
    const withCredentials = new Set(
      world.functions
        .filter(({ modules }) => modules.some(({ text }) => credentials.test(text)))
        .map(({ slug }) => slug),
    );
    yield* happeningHits(world, ({ kind, name, value }, { slug }) =>
      kind === "response" &&
      withCredentials.has(slug) &&
      name === "allow-origin" &&
      (value.tags & tags.taint) !== 0 &&
      (value.tags & (tags.listed | tags.shaped)) === 0
        ? "lets in whatever origin asks"
        : null,
    );
    for (const { path, program, text } of world.modules) {
      if (!/access-control-allow-credentials/i.test(text)) continue;
      const hits: { file: string; offset: number; subject: string; detail: string }[] = [];
      walk(program, (node) => {
        if (node.type !== "ObjectExpression") return undefined;
        const header = (name: string) =>
          parts(node, "properties").find((one) => keyOf(one, "key")?.toLowerCase() === name);
        const origin = header("access-control-allow-origin");
        const credentials = header("access-control-allow-credentials");
        if (origin == null || credentials == null || literal(part(origin, "value")) !== "*") return undefined;
        if (literal(part(credentials, "value")) !== "true") return undefined;
        hits.push({
          file: path,
          offset: origin.start,
          subject: path,
          detail: "`*` with credentials lets every page in",
        });
        return undefined;
      });
      yield* hits;
    }
  },
};
