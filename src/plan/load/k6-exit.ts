/** What k6's exit codes mean, beyond 0 (errext/exitcodes of its sources). */
const meanings: Readonly<Record<number, string>> = {
  97: "the run in the cloud failed or was aborted",
  98: "the run's progress in the cloud was lost",
  99: "thresholds were crossed",
  100: "setup took too long",
  101: "teardown took too long",
  102: "something took too long",
  103: "somebody stopped it by its REST API",
  104: "it is set up wrongly",
  105: "it was interrupted",
  106: "its REST API could not start",
  107: "the script broke at its start",
  108: "the script stopped the run: exec.test.abort()",
  110: "the script failed the run: exec.test.fail()",
  255: "k6 could not run it",
};

export function describeK6Exit(exitCode: number): string {
  return `k6 ended with ${exitCode}: ${meanings[exitCode] ?? "unknown"}`;
}

/**
 * What an exit code is for bee: `fail` and `refused` (the script, before anything was sent) are answers; with the rest
 * nothing is known for sure. 0 is not a pass: see judgeLoad.
 */
export function judgeK6Exit(exitCode: number): "ended" | "interrupted" | "fail" | "refused" | "unsure" {
  if (exitCode === 0) return "ended";
  if (exitCode === 105) return "interrupted";
  if (exitCode === 99 || exitCode === 110) return "fail";
  return exitCode === 104 || exitCode === 107 ? "refused" : "unsure";
}

/** Messages that k6 logged as errors with `--log-format json`, but for the one that repeats exit code 99. */
export function readK6Errors(stderr: string): readonly string[] {
  return stderr.split("\n").flatMap((line) => {
    if (!line.includes('"level":"error"')) return [];
    const message = /"msg":"((?:[^"\\]|\\.)*)"/.exec(line)?.[1] ?? "";
    return /^thresholds on metrics .* crossed/.test(message) ? [] : [message];
  });
}
