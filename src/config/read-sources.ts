import type { Dirent } from "node:fs";
import { open, readdir, realpath, stat } from "node:fs/promises";
import { join, relative, sep } from "node:path";
import type { SourceFile, SourceTree, UnreadSource } from "../plan/source-tree.ts";

/** A source larger than this is no source. */
const maxBytes = 5 * 1024 * 1024;
const maxFiles = 50_000;
const atOnce = 32;

const skipped = new Set([
  "node_modules",
  "dist",
  "build",
  "out",
  "coverage",
  "vendor",
  "target",
  "Pods",
  "__pycache__",
  "venv",
]);

/** Hidden folders hold tools' state, but for these. */
const shown = new Set([".github", ".gitlab", ".circleci", ".vscode"]);

const wanted =
  /\.(ts|tsx|mts|cts|js|jsx|mjs|cjs|dart|sql|toml|ya?ml|tf|tfvars|jsonc?|md|mdx|sh|bash|ps1|mk)$|^deno\.lock$|^\.env\.(example|sample|template)$|^(Dockerfile|(GNU)?[Mm]akefile|[Jj]ustfile|Fastfile)$/;
const ignored = /(^|\.)(package-lock|pnpm-lock|npm-shrinkwrap|yarn)\.(json|ya?ml|lock)$|\.min\.(js|css)$/;

interface Walk {
  readonly root: string;
  readonly files: string[];
  readonly unread: UnreadSource[];
  readonly seen: Set<string>;
}

/**
 * Text sources below a folder, for the audit. Leaves out build outputs, dependencies and hidden folders; follows
 * links inside the folder once. Never fails over a single file: what cannot be read is named.
 */
export async function readSources(root: string): Promise<SourceTree> {
  const real = await realpath(root);
  const walk: Walk = { root: real, files: [], unread: [], seen: new Set([real]) };
  const links = await walkFolder(walk, real);
  for (let link = links.shift(); link != null; link = links.shift())
    links.push(...(await follow(walk, link)));
  const paths = walk.files.sort();
  const files: SourceFile[] = [];
  let next = 0;
  await Promise.all(
    Array.from({ length: atOnce }, async () => {
      for (let path = paths[next++]; path != null; path = paths[next++]) {
        const read = await readSource(real, path);
        if ("text" in read) files.push(read);
        else if (read.reason !== "not text" || /\.(sql|ts|js|dart)$/.test(path)) walk.unread.push(read);
      }
    }),
  );
  const byPath = (a: { path: string }, b: { path: string }): number => (a.path < b.path ? -1 : 1);
  return { files: files.sort(byPath), unread: walk.unread.sort(byPath) };
}

/** Answers the links it met: they come last, so that the real folder keeps its own path. */
async function walkFolder(walk: Walk, folder: string): Promise<string[]> {
  const links: string[] = [];
  const folders = [folder];
  for (let current = folders.pop(); current != null; current = folders.pop()) {
    for (const entry of await list(walk, current)) {
      const path = join(current, entry.name);
      if (entry.isSymbolicLink()) links.push(path);
      else if (entry.isDirectory()) {
        if (isSkipped(entry.name)) continue;
        walk.seen.add(path);
        folders.push(path);
      } else if (entry.isFile()) addFile(walk, path);
    }
  }
  return links;
}

async function list(walk: Walk, folder: string): Promise<readonly Dirent[]> {
  try {
    return await readdir(folder, { withFileTypes: true });
  } catch (error) {
    walk.unread.push(unread(show(walk.root, folder), "unreadable", codeOf(error)));
    return [];
  }
}

function addFile(walk: Walk, path: string): void {
  const base = path.slice(path.lastIndexOf(sep) + 1);
  if (!wanted.test(base) || ignored.test(base)) return;
  if (walk.files.length < maxFiles) {
    walk.files.push(show(walk.root, path));
    return;
  }
  if (walk.unread.some(({ reason }) => reason === "too many files")) return;
  walk.unread.push(unread(".", "too many files", `only the first ${maxFiles} are read`));
}

async function follow(walk: Walk, link: string): Promise<readonly string[]> {
  const base = link.slice(link.lastIndexOf(sep) + 1);
  if (isSkipped(base)) return [];
  let real: string;
  let isFolder: boolean;
  let isFile: boolean;
  try {
    real = await realpath(link);
    const target = await stat(real);
    isFolder = target.isDirectory();
    isFile = target.isFile();
  } catch (error) {
    // ELOOP and dangling links; only what would have been a source is worth a word.
    if (wanted.test(base)) walk.unread.push(unread(show(walk.root, link), "unreadable", codeOf(error)));
    return [];
  }
  if (real !== walk.root && !real.startsWith(walk.root + sep)) {
    if (isFolder || wanted.test(base))
      walk.unread.push(unread(show(walk.root, link), "leads outside", "a link out of the audited folder"));
    return [];
  }
  if (!isFolder) {
    if (isFile) addFile(walk, link);
    return [];
  }
  if (walk.seen.has(real) || walk.seen.size > maxFiles) return [];
  walk.seen.add(real);
  return walkFolder(walk, link);
}

async function readSource(root: string, path: string): Promise<SourceFile | UnreadSource> {
  try {
    const file = await open(join(root, path), "r");
    try {
      const { size } = await file.stat();
      if (size > maxBytes) return unread(path, "too large", `${(size / 1024 / 1024).toFixed(1)} MB`);
      const bytes = await file.readFile();
      if (bytes.includes(0)) return unread(path, "not text", "it holds NUL bytes");
      return { path, text: new TextDecoder("utf-8", { fatal: true }).decode(bytes) };
    } finally {
      await file.close();
    }
  } catch (error) {
    if (error instanceof TypeError) return unread(path, "not text", "it is not UTF-8");
    return unread(path, "unreadable", codeOf(error));
  }
}

function isSkipped(name: string): boolean {
  return skipped.has(name) || (name.startsWith(".") && !shown.has(name) && !/^\.env\./.test(name));
}

function unread(path: string, reason: UnreadSource["reason"], detail: string): UnreadSource {
  return { path, reason, detail };
}

function show(root: string, path: string): string {
  return relative(root, path).split(sep).join("/") || ".";
}

function codeOf(error: unknown): string {
  return (error as NodeJS.ErrnoException).code ?? String(error);
}
