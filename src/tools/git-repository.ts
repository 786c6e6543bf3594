import { lstat, readdir, readFile } from "node:fs/promises";
import { join, relative, sep } from "node:path";
import type { Invocation } from "../plan/invocation.ts";
import type { PrivatePath, Repository, RepositoryExtent, RepositoryLine } from "../ports/repository.ts";
import { commitMark, createAddedLineReader } from "./added-lines.ts";
import type { RunInvocation } from "./invocation.ts";

interface GitRepositoryOptions {
  /** The project's folder; its repository may begin further up. */
  readonly root: string;
  readonly run: RunInvocation;
  /** For each of the two readings. */
  readonly timeoutMs?: number;
}

const maxFileBytes = 8 * 1024 * 1024;
const maxTreeBytes = 256 * 1024 * 1024;

/** Git ignores them, and yet they are what is shipped. */
const artefacts = new Set(["dist", "build", "out", "public"]);
const skipped = new Set(["node_modules", ".git", ".bee", ".dart_tool", "Pods"]);

/**
 * The repository's own settings run nothing here: no pager, external diff, textconv, signature check, monitor, hook
 * or fetch of missing objects. A folder of another owner is read like any other, which is safe because of that.
 */
function assembleGit(root: string, args: readonly string[], timeoutMs: number): Invocation {
  const settings = [
    "safe.directory=*",
    "core.pager=cat",
    "core.fsmonitor=false",
    "core.hooksPath=/dev/null",
    "core.quotePath=false",
    "log.showSignature=false",
    "protocol.allow=never",
  ];
  return {
    file: "git",
    args: ["--no-pager", "-C", root, ...settings.flatMap((setting) => ["-c", setting]), ...args],
    env: {
      GIT_CONFIG_NOSYSTEM: "1",
      GIT_CONFIG_GLOBAL: "/dev/null",
      GIT_ATTR_NOSYSTEM: "1",
      GIT_OPTIONAL_LOCKS: "0",
      GIT_TERMINAL_PROMPT: "0",
      GIT_NO_LAZY_FETCH: "1",
      GIT_NO_REPLACE_OBJECTS: "1",
    },
    effect: "read",
    timeoutMs,
  };
}

const logArgs = [
  "log",
  "--all",
  "-p",
  "--unified=0",
  "--diff-merges=combined",
  "--no-ext-diff",
  "--no-textconv",
  "--no-color",
  "--no-renames",
  "--no-show-signature",
  "--no-notes",
  "--src-prefix=a/",
  "--dst-prefix=b/",
  `--format=${commitMark}%H`,
];

export function createGitRepository({ root, run, timeoutMs = 8_000 }: GitRepositoryOptions): Repository {
  const git = (args: readonly string[], signal: AbortSignal, onLine?: (line: string) => void) =>
    run(assembleGit(root, args, timeoutMs), signal, onLine);

  /** Null outside of version control; throws BEE-E840 without git. */
  async function listTracked(signal: AbortSignal): Promise<readonly string[] | null> {
    const listed = await git(["ls-files", "-z", "--cached", "--others", "--exclude-standard"], signal);
    return listed.exitCode === 0 ? listed.stdout.split("\0").filter((path) => path !== "") : null;
  }

  return {
    async readFiles(see, signal) {
      const tracked = await listTracked(signal);
      if (tracked == null) return readAll(root, await listBelow(root, root), see, signal);
      const folders = await findArtefacts(root);
      const built = await Promise.all(folders.map((folder) => listBelow(root, folder)));
      return readAll(root, [...new Set([...tracked, ...built.flat()])], see, signal);
    },
    async readHistory(see, signal) {
      if ((await git(["rev-parse", "--git-dir"], signal)).exitCode !== 0) return null;
      const shallow = (await git(["rev-parse", "--is-shallow-repository"], signal)).stdout.trim() === "true";
      const reader = createAddedLineReader(see);
      const leftOut = shallow ? ["commits before the clone's depth (git fetch --unshallow)"] : [];
      try {
        const { exitCode, stderr } = await git([...logArgs, "--", "."], signal, (line) => reader.read(line));
        if (exitCode !== 0) leftOut.push(`git log ended with ${exitCode}: ${stderr.slice(0, 200)}`);
      } catch (error) {
        if (signal.aborted || !(error instanceof Error && "code" in error && error.code === "BEE-E841"))
          throw error;
        leftOut.push(
          `commits older than the newest ${reader.commits}: no time left after ${timeoutMs / 1000} s`,
        );
      }
      return { files: reader.files, commits: reader.commits, leftOut };
    },
    async readPrivate() {
      const names = [".", "supabase", "supabase/functions"];
      const found = await Promise.all(names.map((name) => listSecretFiles(root, name)));
      const bee = await readMode(root, ".bee");
      return [...found.flat(), ...(bee == null ? [] : [bee])];
    },
  };
}

async function listSecretFiles(root: string, folder: string): Promise<readonly PrivatePath[]> {
  const names = await readdir(join(root, folder)).catch(() => []);
  const secret = names.filter((name) => /^\.env(\..+)?$/.test(name) && !/example|sample|template/.test(name));
  const modes = await Promise.all(secret.map((name) => readMode(root, join(folder, name))));
  return modes.filter((mode) => mode != null);
}

async function readMode(root: string, path: string): Promise<PrivatePath | null> {
  const found = await lstat(join(root, path)).catch(() => null);
  if (found == null || found.isSymbolicLink()) return null;
  return { path: path.split(sep).join("/"), mode: found.mode & 0o777 };
}

/** Every file below `dir`, relative to `root`; links are not followed. */
async function listBelow(root: string, dir: string): Promise<readonly string[]> {
  const entries = await readdir(dir, { withFileTypes: true }).catch(() => []);
  const found = await Promise.all(
    entries.map(async (entry) => {
      const path = join(dir, entry.name);
      if (entry.isFile()) return [relative(root, path).split(sep).join("/")];
      return entry.isDirectory() && !skipped.has(entry.name) ? listBelow(root, path) : [];
    }),
  );
  return found.flat();
}

/** Folders of built artefacts, not far below `dir`. */
async function findArtefacts(dir: string, depth = 2): Promise<readonly string[]> {
  const entries = await readdir(dir, { withFileTypes: true }).catch(() => []);
  const folders = entries.filter((entry) => entry.isDirectory() && !skipped.has(entry.name));
  const found = await Promise.all(
    folders.map(async ({ name }) => {
      if (artefacts.has(name)) return [join(dir, name)];
      return depth > 0 ? findArtefacts(join(dir, name), depth - 1) : [];
    }),
  );
  return found.flat();
}

async function readAll(
  root: string,
  paths: readonly string[],
  see: (line: RepositoryLine) => void,
  signal: AbortSignal,
): Promise<RepositoryExtent> {
  const leftOut: string[] = [];
  let bytes = 0;
  let files = 0;
  for (const file of paths) {
    signal.throwIfAborted();
    const path = join(root, file);
    const found = await lstat(path).catch(() => null);
    if (found == null || !found.isFile()) continue;
    bytes += found.size;
    if (found.size > maxFileBytes || bytes > maxTreeBytes) {
      leftOut.push(`${file} (${Math.round(found.size / 1024)} KiB)`);
      continue;
    }
    const content = await readFile(path).catch(() => null);
    if (content == null) {
      leftOut.push(`${file} (unreadable)`);
      continue;
    }
    files += 1;
    if (content.includes(0)) continue;
    for (const [index, text] of content.toString("utf8").split("\n").entries())
      see({ file, line: index + 1, text, commit: null });
  }
  return { files, commits: 0, leftOut };
}
