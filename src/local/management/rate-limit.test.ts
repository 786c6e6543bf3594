import { describe, expect, it } from "vitest";
import { createRateLimit, readRateLimit } from "./rate-limit.ts";

describe("the rate limit of the Management API", () => {
  it("is read from the environment, and off without it", () => {
    expect([{}, { BEE_LOCAL_API_RATE: "" }, { BEE_LOCAL_API_RATE: "60" }].map(readRateLimit)).toEqual([
      null,
      null,
      60,
    ]);
    for (const text of ["0", "-1", "1.5", "many"]) {
      expect(() => readRateLimit({ BEE_LOCAL_API_RATE: text })).toThrow(`not ${text}`);
    }
  });

  it("lets so many through in a minute, says how many are left, and lets go when the minute is over", () => {
    let now = 0;
    const take = createRateLimit({ perMinute: 2 }, () => new Date(now));
    expect([take(), take()].map((headers) => headers["x-ratelimit-remaining"])).toEqual(["1", "0"]);
    expect(take).toThrow(/Too Many Requests/);
    now = 60_000;
    expect(take()["x-ratelimit-remaining"]).toBe("1");
  });
});
