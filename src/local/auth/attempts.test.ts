import { expect, test } from "vitest";
import { parseDuration } from "./admin-fields.ts";
import { FailedAttempts } from "./attempts.ts";

test("thirty failures within five minutes block an account until the five minutes are over", () => {
  let now = 0;
  const attempts = new FailedAttempts(() => now);
  for (let failure = 0; failure < 30; failure++) {
    expect(attempts.isBlocked("a")).toBe(false);
    attempts.recordFailure("a");
  }
  expect(attempts.isBlocked("a")).toBe(true);
  expect(attempts.isBlocked("b")).toBe(false);
  now = 5 * 60_000 - 1;
  expect(attempts.isBlocked("a")).toBe(true);
  now += 1;
  expect(attempts.isBlocked("a")).toBe(false);
});

test("a success begins anew; a flood of accounts pushes out the oldest alone", () => {
  const attempts = new FailedAttempts(() => 0);
  for (let failure = 0; failure < 30; failure++) attempts.recordFailure("a");
  attempts.recordSuccess("a");
  expect(attempts.isBlocked("a")).toBe(false);
  for (let failure = 0; failure < 30; failure++) attempts.recordFailure("old");
  for (let account = 0; account < 9_999; account++) attempts.recordFailure(`account ${account}`);
  expect(attempts.isBlocked("old")).toBe(true);
  attempts.recordFailure("one more");
  expect(attempts.isBlocked("old")).toBe(false);
});

test.each([
  ["24h", 86_400_000],
  ["1h30m", 5_400_000],
  ["1.5h", 5_400_000],
  ["300ms", 300],
  ["876000h", 876_000 * 3_600_000],
  ["876001h", null],
  ["1d", null],
  ["h", null],
  ["-1h", null],
  ["", null],
  [`${"9".repeat(10)}h`, null],
])("a ban of %s", (text, expected) => {
  expect(parseDuration(text)).toBe(expected);
});
