export const verdictKinds = ["KEEP", "DELETE", "MERGE", "DEFER"] as const;

/** What was decided over a function, by whom, and on which source (plan: keep-or-delete audit of the functions). */
export interface FunctionVerdict {
  readonly function: string;
  readonly verdict: (typeof verdictKinds)[number];
  readonly by: string;
  /** YYYY-MM-DD. */
  readonly at: string;
  /** Of the source it was decided on (`hashFunction`); null when there was none. */
  readonly sourceHash: string | null;
  readonly evidence: string;
}

/** A function without a verdict that still holds. */
export interface OpenVerdict {
  readonly slug: string;
  readonly problem: "undecided" | "stale" | "deleted";
  readonly detail: string;
  readonly fix: string;
}

/** Functions with a source, by slug and hash, beside what was decided. */
export function judgeVerdicts(
  sources: ReadonlyMap<string, string | null>,
  verdicts: readonly FunctionVerdict[],
): readonly OpenVerdict[] {
  const decided = new Map(verdicts.map((one) => [one.function, one]));
  return [...sources].flatMap(([slug, hash]): OpenVerdict[] => {
    const verdict = decided.get(slug);
    const decide = (kind: string): string =>
      `bee audit functions --decide ${slug}=${kind} --by NAME --evidence TEXT`;
    if (verdict == null)
      return [
        { slug, problem: "undecided", detail: `nobody decided whether to keep ${slug}`, fix: decide("KEEP") },
      ];
    if (verdict.verdict === "DELETE")
      return [
        {
          slug,
          problem: "deleted",
          detail: `${slug} is to be deleted (${verdict.by}, ${verdict.at}), and its source is still here`,
          fix: `Delete its folder, or decide anew: ${decide("KEEP")}`,
        },
      ];
    if (verdict.sourceHash === hash) return [];
    return [
      {
        slug,
        problem: "stale",
        detail: `${slug} changed since ${verdict.by} decided ${verdict.verdict} on ${verdict.at}`,
        fix: decide(verdict.verdict),
      },
    ];
  });
}

/** The record as a gate asks for it. */
export type VerdictState =
  | { readonly kind: "read"; readonly functions: number; readonly open: readonly OpenVerdict[] }
  | { readonly kind: "unreadable"; readonly mistakes: readonly string[] };
