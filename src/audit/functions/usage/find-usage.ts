import type { SourceFile, SourceTree } from "../../../plan/source-tree.ts";
import { codeUnit, commentUnit, maskCode, stringUnit } from "../../code/mask-code.ts";
import { type FunctionUsage, type Reference, type UsageKind, usageKinds } from "./usage.ts";

const test =
  /(^|\/)(tests?|__tests__|spec|e2e|integration_test|fixtures|bench|mocks?)\/|[._](test|spec|bench)\.[cm]?[jt]sx?$|[._]test-support\.ts$|_test\.dart$/;
const code = /\.([cm]?[jt]sx?|dart)$/;

/** Calls by name: `functions.invoke('name'` and the address of one. */
const calls = [
  /\bfunctions\s*[!?]?\s*\.\s*invoke\s*(?:<[^()]*>)?\(\s*['"`]([A-Za-z0-9_-]+)(?:[/?][^'"`]*)?['"`]/g,
  /\/functions\/v1\/([A-Za-z0-9_-]+)/g,
];

interface Names {
  /** With a source here. */
  readonly sources: ReadonlyMap<string, string>;
  /** Named by a configuration or a verdict, with or without source. */
  readonly others: readonly string[];
}

/** Every place that names a function, outside of its own folder; also functions that are called and have no source. */
export function findUsage(tree: SourceTree, { sources, others }: Names): readonly FunctionUsage[] {
  const found = new Map<string, Reference[]>([...sources.keys(), ...others].map((slug) => [slug, []]));
  const called = tree.files.flatMap((file) =>
    kindOf(file.path) === "doc" || test.test(file.path) ? [] : findCalls(file),
  );
  for (const { slug } of called) if (!found.has(slug)) found.set(slug, []);
  if (found.size === 0) return [];
  const names = [...found.keys()]
    .sort((a, b) => b.length - a.length)
    .map((slug) => slug.replace(/[-]/g, "\\-"));
  const named = new RegExp(`(?<![\\w-])(?:${names.join("|")})(?![\\w-])`, "g");
  for (const file of tree.files) {
    for (const { slug, kind, offset } of findReferences(file, named)) {
      const folder = sources.get(slug);
      if (folder != null && file.path.startsWith(`${folder}/`)) continue;
      found.get(slug)?.push({ kind, file: file.path, offset });
    }
  }
  return [...found]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([slug, references]) => ({
      slug,
      hasSource: sources.has(slug),
      references: references.sort(order),
    }));
}

function order(a: Reference, b: Reference): number {
  const kind = usageKinds.indexOf(a.kind) - usageKinds.indexOf(b.kind);
  return kind || (a.file < b.file ? -1 : a.file > b.file ? 1 : a.offset - b.offset);
}

interface Named {
  readonly slug: string;
  readonly kind: UsageKind;
  readonly offset: number;
}

function findCalls({ path, text }: SourceFile): readonly Named[] {
  if (!text.includes("functions")) return [];
  const mask = code.test(path) ? maskCode(text) : null;
  return calls.flatMap((call) =>
    [...text.matchAll(call)].flatMap((match) => {
      const slug = match[1] ?? "";
      const offset = match.index + match[0].lastIndexOf(slug);
      if (mask != null && !isCall(text, mask, match.index)) return [];
      // Someone else's address, or the start of one that goes on with a value.
      if (/[$#{]/.test(text[offset + slug.length] ?? "")) return [];
      return [{ slug, kind: kindOf(path) ?? "invoke", offset }];
    }),
  );
}

/** In code, or in a text that is an address and nothing more. */
function isCall(text: string, mask: Uint8Array, at: number): boolean {
  if (mask[at] !== stringUnit) return mask[at] === codeUnit;
  if (text[at] !== "/") return false;
  let start = at;
  while (start > 0 && mask[start - 1] === stringUnit) start -= 1;
  return !/\s/.test(text.slice(start, at));
}

function findReferences(file: SourceFile, named: RegExp): readonly Named[] {
  const matches = [...file.text.matchAll(named)];
  if (matches.length === 0) return [];
  const kind = kindOf(file.path);
  const atCall = new Set(findCalls(file).map(({ offset }) => offset));
  const mask = code.test(file.path) ? maskCode(file.text) : null;
  return matches.flatMap((match): Named[] => {
    const slug = match[0];
    const offset = match.index;
    if (kind != null) return [{ slug, kind, offset }];
    if (mask?.[offset] === commentUnit) return [];
    if (atCall.has(offset)) return [{ slug, kind: "invoke", offset }];
    // A constant is a text of its own.
    const before = file.text[offset - 1] ?? "";
    const isConstant =
      /["'`]/.test(before) && file.text[offset + slug.length] === before && mask?.[offset] !== codeUnit;
    return isConstant ? [{ slug, kind: "constant", offset }] : [];
  });
}

/** By the file; null for code, where the place decides. */
function kindOf(path: string): UsageKind | null {
  if (test.test(path)) return "test";
  if (path.endsWith(".sql")) return "sql";
  if (/\.mdx?$|^checklists\//.test(path)) return "doc";
  if (code.test(path)) return null;
  return path.endsWith(".json") ? "doc" : "infra";
}
