import { spawn } from "node:child_process";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, relative } from "node:path";
import { fileURLToPath } from "node:url";
import { ensureBuilt } from "./ensure-built.cjs";

/** Everything: unit, integration, interop and e2e by vitest, the shared vectors and handlers again by Deno. */
const root = fileURLToPath(new URL("..", import.meta.url));
const scratch = await mkdtemp(join(tmpdir(), "bee-test-"));
const summary = join(scratch, "vitest.json");
try {
  await ensureBuilt();
  const vitest = join(root, "node_modules/vitest/vitest.mjs");
  const reporters = ["--reporter=default", "--reporter=json", `--outputFile.json=${summary}`];
  // Beside the unit tests, which leave room; what it says comes last.
  const inDeno = runDeno();
  const vitestCode = await run(process.execPath, [vitest, "run", ...reporters, ...process.argv.slice(2)]);
  const counts = await readVitestCounts(vitestCode);
  const deno = await inDeno;
  console.log(deno.failed > 0 ? deno.output : lastLine(deno.output));
  // Last, where a log that keeps only its end still has them.
  for (const failure of counts.failures) console.log(failure);
  const passed = counts.passed + deno.passed;
  const failed = counts.failed + deno.failed;
  const skipped = counts.skipped > 0 ? `, ${counts.skipped} skipped` : "";
  console.log(`${passed} passed, ${failed} failed${skipped}`);
  process.exitCode = failed > 0 || vitestCode !== 0 || passed === 0 ? 1 : 0;
} finally {
  await rm(scratch, { recursive: true, force: true });
}

async function readVitestCounts(code) {
  const text = await readFile(summary, "utf8").catch(() => null);
  if (text == null) return { passed: 0, failed: 1, skipped: 0, failures: [] };
  const { numPassedTests, numFailedTests, numPendingTests, numTodoTests, numFailedTestSuites, testResults } =
    JSON.parse(text);
  // A file that cannot be loaded fails no test of its own.
  const failed = Math.max(
    numFailedTests,
    code !== 0 && numFailedTests === 0 ? Math.max(1, numFailedTestSuites) : 0,
  );
  const failures = testResults.filter((file) => file.status === "failed").map(renderFailure);
  return { passed: numPassedTests, failed, skipped: numPendingTests + numTodoTests, failures };
}

/** A file with its failed tests, each with the head of its message: `FAILED src/a.test.ts > name (812 ms)`. */
function renderFailure({ name, message, assertionResults }) {
  const file = relative(root, name);
  const failed = assertionResults.filter((test) => test.status === "failed");
  if (failed.length === 0) return `FAILED ${file}\n${headOf(message)}\n`;
  return failed
    .map(({ fullName, duration, failureMessages }) => {
      const took = Math.round(duration ?? 0);
      return `FAILED ${file} > ${fullName} (${took} ms)\n${headOf(failureMessages.join("\n"))}\n`;
    })
    .join("\n");
}

function headOf(message) {
  return message.split("\n").slice(0, 20).join("\n");
}

function lastLine(output) {
  return output.trimEnd().split("\n").at(-1);
}

async function runDeno() {
  let output = "";
  const code = await run(process.execPath, [join(root, "scripts/test-deno.js")], (text) => {
    output += text;
  });
  const counts = /\| (\d+) passed(?: \(\d+ steps?\))? \| (\d+) failed/.exec(output);
  if (counts == null) return { output, passed: 0, failed: code === 0 ? 0 : 1 };
  return { output, passed: Number(counts[1]), failed: Number(counts[2]) };
}

function run(file, args, onOutput) {
  return new Promise((resolve, reject) => {
    const child = spawn(file, args, {
      cwd: root,
      env: onOutput ? { ...process.env, NO_COLOR: "1" } : process.env,
      stdio: ["ignore", onOutput ? "pipe" : "inherit", "inherit"],
    });
    child.stdout?.on("data", (chunk) => onOutput(String(chunk)));
    child.on("error", reject);
    child.on("close", (code) => resolve(code ?? 1));
  });
}
