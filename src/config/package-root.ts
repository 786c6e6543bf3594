import { existsSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

/** The folder bee is installed in: it holds plans/ and checklists/. */
export const packageRoot = findUpward(dirname(fileURLToPath(import.meta.url)));

function findUpward(folder: string): string {
  if (existsSync(join(folder, "plans")) || dirname(folder) === folder) return folder;
  return findUpward(dirname(folder));
}
