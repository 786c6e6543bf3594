import type { Hit } from "../rule.ts";
import type { Happening } from "./analysis/happening.ts";
import type { FunctionSource, FunctionsWorld } from "./world.ts";

/**
 * One hit for each place where `judge` has a word on what happens; shared code that several functions run speaks once.
 */
export function* happeningHits(
  { functions }: FunctionsWorld,
  judge: (happening: Happening, source: FunctionSource) => string | null,
): Iterable<Hit> {
  const seen = new Set<string>();
  for (const source of functions) {
    for (const happening of source.happenings) {
      const detail = judge(happening, source);
      const { file, node } = happening;
      const place = `${file}:${node.start}`;
      if (detail == null || seen.has(place)) continue;
      seen.add(place);
      yield { file, offset: node.start, subject: source.slug, detail: `${source.slug} ${detail}` };
    }
  }
}
