import { execa } from "execa";
import type { Revision } from "../plan/revision.ts";

/** The commit a release was made from, and whether the files differed from it. */
export async function readRevision(root: string): Promise<Revision> {
  const git = (...args: string[]) =>
    execa("git", ["-C", root, ...args], { reject: false, timeout: 10_000, stdin: "ignore" });
  const [head, status] = await Promise.all([
    git("rev-parse", "HEAD"),
    git("status", "--porcelain", "--untracked-files=normal"),
  ]);
  if (head.failed) return { gitSha: null, gitDirty: false };
  return { gitSha: head.stdout.trim(), gitDirty: status.failed || status.stdout.trim() !== "" };
}
