import { sha256 } from "../plan/digest.ts";
import type { RepositoryLine } from "../ports/repository.ts";
import { findSecrets, opensKey, readKeyBody, type SecretMatch } from "./secret-patterns.ts";

/** Where a secret lies; the value itself is never kept. */
export interface SecretSighting {
  readonly kind: string;
  /**
   * 12 hex digits of a SHA-256, stable across runs: of the value, so that the same key has the same in two places; of
   * the place for a password, which could be guessed from its digest.
   */
  readonly id: string;
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

const guessable: ReadonlySet<string> = new Set(["database password"]);

/** Takes lines in their order in each file: a key's head and body stand below one another. */
export function createSecretScan(): SecretScan {
  const found = new Map<string, SecretSighting>();
  let lines = 0;
  let head: RepositoryLine | null = null;

  const note = ({ kind, value }: SecretMatch, { file, line, commit }: RepositoryLine): void => {
    const digest = sha256(value);
    const known = found.get(digest);
    if (known == null) {
      const id = (guessable.has(kind) ? sha256(`${kind} ${file}`) : digest).slice(0, 12);
      found.set(digest, { kind, id, file, line, commit, others: 0 });
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
