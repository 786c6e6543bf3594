import { expect, it } from "vitest";
import { foldJournal } from "./fold-journal.ts";
import type { JournalEntry } from "./journal-entry.ts";

const at = "2026-01-01T00:00:00.000Z";
const begun = (run: string): JournalEntry => ({ type: "run", run, at, planDigest: "d", phase: "phase1" });
const intent = (run: string, step: string): JournalEntry => ({
  type: "intent",
  run,
  at,
  step,
  inputKey: "k",
});
const result = (run: string, step: string): JournalEntry => ({
  type: "result",
  run,
  at,
  step,
  inputKey: "k",
  outcome: "done",
});

it("names what was in flight when the last run died", () => {
  const entries = [
    begun("a"),
    intent("a", "migrations.apply"),
    intent("a", "functions.stage"),
    result("a", "functions.stage"),
  ];
  expect(foldJournal(entries)).toEqual([{ run: "a", step: "migrations.apply", at }]);
});

it("forgets a run that ended, and every run before the last", () => {
  expect(foldJournal([begun("a"), intent("a", "x"), { type: "end", run: "a", at, exitCode: 7 }])).toEqual([]);
  expect(foldJournal([begun("a"), intent("a", "x"), begun("b"), intent("b", "y"), result("b", "y")])).toEqual(
    [],
  );
});

it("is empty for an empty journal", () => {
  expect(foldJournal([])).toEqual([]);
});
