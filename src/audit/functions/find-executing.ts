import type { SourceTree } from "../../plan/source-tree.ts";
import { locate } from "../locate.ts";

const functionText =
  /create\s+(?:or\s+replace\s+)?function\s+(?:"?\w+"?\.)?"?(\w+)"?\s*\(([^)]*)\)[\s\S]*?\bas\s+(\$\w*\$)([\s\S]*?)\3/gi;

/** Database functions that EXECUTE a text with an argument in it, by name: `file:line` of the statement. */
export function findExecuting(tree: SourceTree): ReadonlyMap<string, string> {
  const found = new Map<string, string>();
  for (const { path, text } of tree.files) {
    if (!path.endsWith(".sql") || !/\bexecute\b/i.test(text)) continue;
    for (const match of text.matchAll(functionText)) {
      const [whole, name = "", args = "", , body = ""] = match;
      const at = executedAt(body, argumentNames(args));
      if (at == null) continue;
      found.set(name, `${path}:${locate(text, match.index + whole.lastIndexOf(body) + at).line}`);
    }
  }
  return found;
}

function argumentNames(args: string): readonly string[] {
  return args
    .split(",")
    .flatMap((one) => /^\s*(?:in\s+|inout\s+|variadic\s+)?(\w+)\s+\w/i.exec(one)?.[1] ?? []);
}

/** `execute query`, `execute '…' || name`, `execute format('… %s', name)`; what is quoted is a value or a name. */
function executedAt(body: string, names: readonly string[]): number | null {
  for (const match of body.matchAll(/\bexecute\s+([^;]*?)(?:\s+(?:into|using)\b[^;]*)?;/gi)) {
    const bare = (match[1] ?? "").replace(/\bquote_(?:ident|literal|nullable)\s*\([^)]*\)/gi, "");
    const isJoined = /\|\|/.test(bare) || /\bformat\s*\(\s*'[^']*%s/i.test(bare) || /^\w+$/.test(bare.trim());
    const outside = bare.replace(/'[^']*'/g, "");
    if (isJoined && names.some((name) => new RegExp(`\\b${name}\\b`, "i").test(outside))) return match.index;
  }
  return null;
}
