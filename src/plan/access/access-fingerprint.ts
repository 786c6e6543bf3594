import { canonicalJson, sha256 } from "../digest.ts";

/** Everything that decides access, by name: `policy public.notes.own` → a digest of its text. */
export interface AccessFingerprint {
  /** Of all parts. */
  readonly sha256: string;
  readonly parts: Readonly<Record<string, string>>;
}

export function foldFingerprint(parts: Readonly<Record<string, string>>): AccessFingerprint {
  return { sha256: sha256(canonicalJson(parts)), parts };
}

/** What is on one side only, or not the same: empty when a proof of one holds for the other. */
export function diffFingerprints(proven: AccessFingerprint, now: AccessFingerprint): readonly string[] {
  const names = [...new Set([...Object.keys(proven.parts), ...Object.keys(now.parts)])].sort();
  return names.flatMap((name) => {
    const before = proven.parts[name];
    const after = now.parts[name];
    if (before === after) return [];
    return [before == null ? `${name} was not there` : after == null ? `${name} is gone` : `${name} differs`];
  });
}
