"use strict";
const { readdirSync, readFileSync, statSync } = require("node:fs");
const { join } = require("node:path");

const root = join(__dirname, "..");

/**
 * A fresh clone has no dist/, an edited one a stale dist/: both build here, a package without src/ never does.
 * `quick` looks at folders alone, which a checkout, a new file and most editors change, and not at a thousand files.
 */
exports.ensureBuilt = async ({ quick = false } = {}) => {
  const built = readBuilt();
  const stamp = readStamp(quick && built != null);
  if (stamp == null || (stamp.folders === built?.folders && (stamp.files ?? built.files) === built.files))
    return;
  const { build } = await import("./bundle.js");
  await build(JSON.stringify(readStamp(false)));
};

function readBuilt() {
  try {
    return JSON.parse(readFileSync(join(root, "dist/.stamp"), "utf8"));
  } catch {
    return null;
  }
}

/** Newest change of the folders, and of the files that the build reads; null when this is a package without sources. */
function readStamp(quick) {
  const changed = (path) => statSync(path).mtimeMs;
  let folders = Math.max(changed(join(root, "package.json")), changed(join(root, "scripts/bundle.js")));
  let files = 0;
  const walk = (dir) => {
    folders = Math.max(folders, changed(dir));
    for (const entry of readdirSync(dir, { withFileTypes: true })) {
      const path = `${dir}/${entry.name}`;
      if (entry.isDirectory()) walk(path);
      else if (!quick && /(?<!\.test)\.ts$|\.sql$/.test(entry.name)) files = Math.max(files, changed(path));
    }
  };
  try {
    walk(join(root, "src"));
  } catch (error) {
    if (error.code === "ENOENT") return null;
    throw error;
  }
  return quick ? { folders } : { folders, files };
}
