import { posix } from "node:path";

/** What an import in a function means on the local platform. */
type Specifier =
  | { readonly kind: "file"; readonly path: string }
  | { readonly kind: "package"; readonly name: string; readonly range: string; readonly subpath: string }
  | { readonly kind: "builtin"; readonly path: string }
  | { readonly kind: "std-server" }
  | { readonly kind: "types" }
  | { readonly kind: "unsupported" };

const npmPattern = /^((?:@[^/@]+\/)?[^/@]+)(?:@([^/]+))?(\/.*)?$/;

function parsePackage(text: string): Specifier {
  const match = npmPattern.exec(text);
  if (match == null) return { kind: "unsupported" };
  return { kind: "package", name: match[1] ?? "", range: match[2] ?? "", subpath: match[3] ?? "" };
}

/** Reads one specifier; `importer` is the uploaded file that imports it. */
export function parseSpecifier(specifier: string, importer: string): Specifier {
  if (/^\.{1,2}\//.test(specifier)) {
    return { kind: "file", path: posix.normalize(posix.join(posix.dirname(importer), specifier)) };
  }
  if (specifier.startsWith("/")) return { kind: "file", path: posix.normalize(specifier.slice(1)) };
  if (specifier.startsWith("node:")) return { kind: "builtin", path: specifier };
  const url = specifier.replace(/[?#].*$/, "");
  if (url.endsWith(".d.ts") || url.startsWith("jsr:@supabase/functions-js")) return { kind: "types" };
  if (url.startsWith("npm:")) return parsePackage(url.replace(/^npm:\/?/, ""));
  if (url.startsWith("jsr:@supabase/")) return parsePackage(url.replace(/^jsr:\/?/, ""));
  if (url.startsWith("https://esm.sh/")) {
    return parsePackage(url.slice("https://esm.sh/".length).replace(/^(v\d+|stable)\//, ""));
  }
  if (/^https:\/\/deno\.land\/std(@[^/]+)?\/http\/server\.ts$/.test(url)) return { kind: "std-server" };
  return { kind: "unsupported" };
}

/** Whether an installed version is in the asked range: exact, `2`, `2.1`, `^2.1.0`, `~2.1.0`, `latest` or none. */
export function satisfies(installed: string, range: string): boolean {
  const asked = decodeURIComponent(range).trim();
  if (asked === "" || asked === "*" || asked === "latest" || asked === installed) return true;
  const match = /^([\^~]?)v?(\d+)(?:\.(\d+|x))?(?:\.(\d+|x))?$/.exec(asked);
  if (match == null) return false;
  const [, operator, major, minor, patch] = match;
  const want = [major, minor, patch].map((part) => (part == null || part === "x" ? null : Number(part)));
  const have = installed.split(/[.+-]/).slice(0, 3).map(Number);
  const fixed = operator === "^" ? (want[0] === 0 ? 2 : 1) : operator === "~" ? 2 : 3;
  for (let i = 0; i < 3; i++) {
    const wanted = want[i];
    const actual = have[i] ?? 0;
    if (wanted == null || actual === wanted) continue;
    return i >= fixed && actual > wanted;
  }
  return true;
}
