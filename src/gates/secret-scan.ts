import { sha256 } from "../plan/digest.ts";
import type { RepositoryLine } from "../ports/repository.ts";
import { findSecrets, opensKey, readKeyBody, type SecretMatch } from "./secret-patterns.ts";

/** Where a secret lies; the value itself is never kept. */
export interface SecretSighting {
  readonly kind: string;
  /** First 12 hex digits of the value's SHA-256: the same secret in two places has the same. */
  readonly digest: string;
  readonly file: string;
  readonly line: number;
  readonly commit: string | null;
  /** Places besides this one. */
  readonly others: number;
}

export interface SecretScan {
  see(line: RepositoryLine): void;
  readonly lines: number;
  sightings(): readonly SecretSighting[];
}

/** Takes lines in their order in each file: a key's head and body stand below one another. */
export function createSecretScan(): SecretScan {
  const found = new Map<string, SecretSighting>();
  let lines = 0;
  let head: RepositoryLine | null = null;

  const note = ({ kind, value }: SecretMatch, { file, line, commit }: RepositoryLine): void => {
    const digest = sha256(value).slice(0, 12);
    const known = found.get(digest);
    if (known == null) {
      found.set(digest, { kind, digest, file, line, commit, others: 0 });
      return;
    }
    // A file on disk tells more than the commit that brought it.
    const place = known.commit != null && commit == null ? { file, line, commit } : {};
    found.set(digest, { ...known, ...place, others: known.others + 1 });
  };

  return {
    get lines() {
      return lines;
    },
    see(place) {
      lines += 1;
      const isNext = head != null && head.file === place.file && head.line + 1 === place.line;
      const body = isNext ? readKeyBody(place.text) : null;
      if (body != null && head != null) note({ kind: "private key", value: body }, head);
      head = opensKey(place.text) ? place : null;
      for (const match of findSecrets(place.text)) note(match, place);
    },
    sightings: () => [...found.values()],
  };
}
