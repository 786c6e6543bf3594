/** https://jsr.io/@scope/name/1.2.3/mod.ts and other CDNs have the version as a folder. */
const versionFolder = /^https?:\/\/[^?#]*\/v?\d+\.\d+\.\d+(-[\w.]+)?\//;

const exact = /@v?\d+\.\d+\.\d+[^/]*(\/|\?|$)/;

/** Null when a specifier stands for one text for ever, else what is wrong with it. A lock file pins all but branches. */
export function isPinned(specifier: string, isLocked: boolean): string | null {
  if (/raw\.githubusercontent\.com/.test(specifier))
    return /\/[0-9a-f]{40}\/|\/v?\d+\.\d+\.\d+\//.test(specifier) ? null : "is a branch, which moves";
  const isRemote = /^(npm|jsr):|^https?:/.test(specifier);
  if (!isRemote || isLocked || exact.test(specifier) || versionFolder.test(specifier)) return null;
  return /@/.test(specifier.replace(/^(npm|jsr):@/, "").replace(/\/@/g, "/"))
    ? "names a range of versions"
    : "names no version";
}

/** Package and version, where a specifier has both. */
export function packageVersion(
  specifier: string,
): { readonly name: string; readonly version: string } | null {
  if (!/^(npm|jsr):|^https?:\/\/(esm\.sh|deno\.land|cdn\.|unpkg|jsr\.io|cdn\.skypack)/.test(specifier))
    return null;
  const path = specifier.replace(/^(npm|jsr):\/?/, "").replace(/^https?:\/\/[^/]+\/(x\/|v\d+\/|npm\/)?/, "");
  const match = /^(@[^/]+\/[^/@]+|[^/@]+)(?:@([^/?]+))?/.exec(path);
  return match?.[1] == null ? null : { name: match[1], version: match[2] ?? "newest" };
}
