import { liveWindow } from "../../gates/live-window.ts";
import type { TimeWindow } from "../../plan/metric-reading.ts";
import type { Target } from "../target.ts";

/** Boots of one function since the release, by the platform's log; milliseconds. */
export interface ColdStarts {
  readonly slug: string;
  readonly count: number;
  readonly p50Ms: number;
  readonly p95Ms: number;
  readonly maxMs: number;
}

export interface ColdStartFigures {
  readonly window: TimeWindow;
  readonly functions: readonly ColdStarts[];
  readonly text: string;
}

const hours = 24;

/** What the platform logged of cold starts, apart from the calls. A log that does not answer is told, and no reason to fail. */
export async function readColdStarts({ ports }: Target): Promise<ColdStartFigures | null> {
  const [release] = await ports.ledger.readReleases(1);
  if (release == null) return null;
  // A deploy boots the functions before it is recorded.
  const begun = new Date(Date.parse(release.recordedAt) - release.durationMs).toISOString();
  const window = liveWindow({ recordedAt: begun }, hours);
  try {
    const [boots, functions] = await Promise.all([
      ports.logs.readFunctionBoots(window),
      ports.functions.list(),
    ]);
    const found = boots.flatMap(({ functionId, ...figures }): readonly ColdStarts[] => {
      const slug = functions.find(({ id }) => id === functionId)?.slug;
      return slug == null ? [] : [{ slug, ...figures }];
    });
    const told = found.map(
      ({ slug, count, p95Ms, maxMs }) =>
        `${slug} ×${count}, p95 ${Math.round(p95Ms)} ms, max ${Math.round(maxMs)} ms`,
    );
    return { window, functions: found, text: told.join("; ") || "none logged since the release" };
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    return { window, functions: [], text: `unknown: ${why}` };
  }
}
