import { readdirSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

const root = fileURLToPath(new URL("..", import.meta.url));

/** A fresh clone has no dist/, an edited one a stale dist/: both build here, a package without src/ never does. */
export async function ensureBuilt() {
  const stamp = readStamp();
  if (stamp == null || stamp === readBuilt()) return;
  const { build } = await import("./bundle.js");
  await build(stamp);
}

function readBuilt() {
  try {
    return readFileSync(join(root, "dist/.stamp"), "utf8");
  } catch {
    return null;
  }
}

/** Newest change and number of the files the build reads; null when this is a package without sources. */
function readStamp() {
  let newest = statSync(join(root, "package.json")).mtimeMs;
  let count = 0;
  const walk = (dir) => {
    for (const entry of readdirSync(dir, { withFileTypes: true })) {
      const path = join(dir, entry.name);
      if (entry.isDirectory()) walk(path);
      else if (entry.name.endsWith(".ts") || entry.name.endsWith(".sql")) {
        count++;
        newest = Math.max(newest, statSync(path).mtimeMs);
      }
    }
  };
  try {
    walk(join(root, "src"));
  } catch (error) {
    if (error.code === "ENOENT") return null;
    throw error;
  }
  return `${newest}:${count}`;
}
