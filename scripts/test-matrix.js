import { spawn } from "node:child_process";
import { fileURLToPath } from "node:url";
import { ensureBuilt } from "./ensure-built.cjs";

/** `npm run test:matrix [number] [vitest filter …]`: every kill, fault, Ctrl-C and pause point, or so many of each. */
const root = fileURLToPath(new URL("..", import.meta.url));
const [first, ...rest] = process.argv.slice(2);
const counted = /^\d+$/.test(first ?? "");
const filters = counted ? rest : process.argv.slice(2);
const files = ["crash-kill", "crash-faults", "deploy-lock"];
await ensureBuilt();
const child = spawn(
  process.execPath,
  [
    "node_modules/vitest/vitest.mjs",
    "run",
    ...["--project", "e2e", "--project", "alone", "--no-file-parallelism"],
    ...(filters.length > 0 ? filters : files),
  ],
  { cwd: root, env: { ...process.env, BEE_MATRIX: counted ? first : "full" }, stdio: "inherit" },
);
child.on("close", (code) => {
  process.exitCode = code ?? 1;
});
