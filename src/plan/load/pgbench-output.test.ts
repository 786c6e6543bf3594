import { describe, expect, it } from "vitest";
import {
  parseAbortedClient,
  parsePgbenchEntry,
  parsePgbenchProgress,
  parsePgbenchSummary,
} from "./pgbench-output.ts";

describe("pgbench's log", () => {
  it.each([
    ["0 1 1913 0 1795397422 299304 98", { kind: "done", tookUs: 1913, lagUs: 98 }, 0, 0],
    ["14 25 3510 7 1795397422 299304 124 0", { kind: "done", tookUs: 3510, lagUs: 124 }, 14, 7],
    ["3 2 skipped 1 1795397422 299304 0 0", { kind: "skipped" }, 3, 1],
    ["3 2 serialization 1 1795397422 299304 12 3", { kind: "failed", why: "serialization" }, 3, 1],
  ])("reads %s", (line, outcome, client, script) => {
    expect(parsePgbenchEntry(line)).toEqual({ client, script, endUs: 1_795_397_422_299_304, outcome });
  });

  it.each(["3 1", "787 0 1796008114 225465 174", "", "3 1 12 0 1795397422"])(
    "takes nothing from a line that was cut off: %s",
    (line) => {
      expect(parsePgbenchEntry(line)).toBeNull();
    },
  );
});

describe("what pgbench prints", () => {
  it("is counted at its end, of versions 15 to 18", () => {
    const text = [
      "pgbench (15.18 (Debian 15.18-0+deb12u1), server 17.10)",
      "number of transactions actually processed: 1751",
      "number of failed transactions: 3 (0.171%)",
      "number of transactions skipped: 29 (1.629%)",
      "number of transactions above the 50.0 ms latency limit: 56/1751 (3.198%)",
    ].join("\n");
    expect(parsePgbenchSummary(text)).toEqual({ processed: 1751, failed: 3, skipped: 29 });
    expect(
      parsePgbenchSummary(
        "number of transactions actually processed: 0\nnumber of failed transactions: 0 (NaN%)",
      ),
    ).toEqual({ processed: 0, failed: 0, skipped: 0 });
    expect(parsePgbenchSummary("Segmentation fault")).toBeNull();
  });

  it("tells each second, and one in which everybody waits", () => {
    const load = { rate: 50, clients: 15 };
    const line =
      "progress: 1796008088.124 s, 10.0 tps, lat 342.616 ms stddev 38.629, 2 failed, lag 41.645 ms, 22 skipped, 0 retried, 0 retries";
    expect(parsePgbenchProgress(line, load)).toEqual({
      ended: 34,
      failed: 2,
      p95: 342.616,
      inFlight: 0,
      figure: "mean",
    });
    const stuck = "progress: 3.0 s, 0.0 tps, lat -nan ms stddev -nan, 0 failed, lag -nan ms, 0 skipped";
    expect(parsePgbenchProgress(stuck, load)).toMatchObject({ ended: 0, p95: 0, inFlight: 15 });
    expect(parsePgbenchProgress(stuck, { ...load, rate: 0.5 })?.inFlight).toBe(0);
    expect(parsePgbenchProgress("pgbench: setting random seed to 42", load)).toBeNull();
  });

  it.each([
    [
      "pgbench: error: client 2 script 1 aborted in command 3 query 0: ERROR:  permission denied for table x",
      { client: 2, script: 1, why: "ERROR: permission denied for table x" },
    ],
    [
      "pgbench: error: client 7 script 0 aborted in command 3 query 0: server closed the connection unexpectedly",
      { client: 7, script: 0, why: "server closed the connection unexpectedly" },
    ],
    ["pgbench: error: client 7 aborted", { client: 7, script: null, why: "the connection ended" }],
    ["pgbench: error: Run was aborted; the above results are incomplete.", null],
  ])("names a client that gave up: %s", (line, aborted) => {
    expect(parseAbortedClient(line)).toEqual(aborted);
  });
});
