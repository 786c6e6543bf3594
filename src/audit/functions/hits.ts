import type { Hit } from "../rule.ts";
import type { Happening } from "./analysis/happening.ts";
import { type Node, part } from "./analysis/node.ts";
import type { FunctionSource, FunctionsWorld } from "./world.ts";

/**
 * One hit for each place where `judge` has a word on what happens; shared code that several functions run speaks once.
 */
export function* happeningHits(
  { functions }: FunctionsWorld,
  judge: (happening: Happening, source: FunctionSource) => string | null,
): Iterable<Hit> {
  const seen = new Set<string>();
  const modules = new Map(functions.flatMap((one) => one.modules).map((one) => [one.path, one]));
  for (const source of functions) {
    for (const happening of source.happenings) {
      const detail = judge(happening, source);
      const { file, node } = happening;
      if (detail == null) continue;
      const offset = placeOf(node, modules.get(file)?.text ?? "");
      const place = `${file}:${offset}`;
      if (seen.has(place)) continue;
      seen.add(place);
      yield { file, offset, subject: source.slug, detail: `${source.slug} ${detail}` };
    }
  }
}

/** Of a chain over several lines, the line of the call that is meant. */
function placeOf(node: Node, text: string): number {
  const callee = node.type === "CallExpression" ? part(node, "callee") : null;
  const property = callee == null ? null : part(callee, "property");
  return property != null && text.slice(node.start, property.start).includes("\n")
    ? property.start
    : node.start;
}
