import { spawn } from "node:child_process";
import { readdirSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

/** Runs tests/deno/*.deno.ts with the Deno that npm installed; offline, no permissions but what the tests read. */
const root = fileURLToPath(new URL("..", import.meta.url));
const require = createRequire(import.meta.url);
const libc = process.platform === "linux" ? "-glibc" : "";
const name = `@deno/${process.platform}-${process.arch}${libc}`;

let deno;
try {
  deno = join(dirname(require.resolve(`${name}/package.json`)), "deno");
} catch {
  const required = process.env.CI || (process.env.BEE_REQUIRE ?? "").split(",").includes("deno");
  console.error(`${required ? "FAILED" : "SKIPPED"}: ${name} is not installed, so nothing ran in Deno`);
  process.exit(required ? 1 : 0);
}
const files = readdirSync(join(root, "tests/deno")).filter((file) => file.endsWith(".deno.ts"));
const args = [
  "test",
  "--no-config",
  "--no-remote",
  "--no-npm",
  "--allow-read=.",
  "--allow-env",
  "--allow-net=127.0.0.1",
];
const child = spawn(deno, [...args, ...files.map((file) => `tests/deno/${file}`)], {
  cwd: root,
  stdio: "inherit",
});
child.on("close", (code) => {
  process.exitCode = code ?? 1;
});
