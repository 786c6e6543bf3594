import { describe, expect, it } from "vitest";
import { recomputeScores, type StoredScore } from "./momentum-accuracy.ts";

const score: StoredScore = {
  userId: "u1",
  date: "2026-03-02",
  rawScore: 28,
  finalScore: 28,
  state: "NeedsCare",
  eventsCount: 3,
  algorithmVersion: "v1.0",
  events: [
    ["app_session", 1],
    ["journal_entry", 1],
    ["lesson_completion", 1],
  ],
  history: [],
  changedSince: false,
};

describe("recomputing stored scores", () => {
  it("agrees with what the calculator stores", () => {
    expect(recomputeScores([score])).toEqual({ total: 1, discrepancies: [], undecided: 0 });
  });

  it("names every figure that differs", () => {
    const wrong = { ...score, finalScore: 90, state: "Rising" };
    expect(recomputeScores([wrong]).discrepancies).toEqual([
      {
        userId: "u1",
        date: "2026-03-02",
        what: "final_score 90, expected 28; momentum_state Rising, expected NeedsCare",
      },
    ]);
  });

  it("takes the days before into account", () => {
    const history = [{ date: "2026-03-01", finalScore: 80, state: "Rising" as const }];
    const { discrepancies } = recomputeScores([{ ...score, history }]);
    expect(discrepancies).toHaveLength(1);
  });

  it("leaves out what can no longer be told", () => {
    const scores = [
      { ...score, changedSince: true, finalScore: 1 },
      { ...score, algorithmVersion: "v2.0", finalScore: 1 },
    ];
    expect(recomputeScores(scores)).toEqual({ total: 0, discrepancies: [], undecided: 2 });
  });
});
