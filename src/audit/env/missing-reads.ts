import { nearest } from "../../core/nearest.ts";
import { isProvided } from "./platform-names.ts";
import type { EnvRead } from "./scan-reads.ts";
import { type EnvWorld, knownNames } from "./world.ts";

/** Each name once, at its first place: read by a function, and set or promised nowhere. */
export function missingReads(world: EnvWorld): readonly EnvRead[] {
  const known =
    world.target == null
      ? knownNames(world)
      : new Set([
          ...world.target.names,
          ...world.target.given,
          ...world.target.optional,
          ...world.declared.map(({ name }) => name),
        ]);
  const first = new Map<string, EnvRead>();
  for (const read of world.reads) {
    if (
      isProvided(read.name) ||
      /^SUPABASE_|^(FCM|FIREBASE)_SERVER_KEY$/.test(read.name) ||
      known.has(read.name)
    )
      continue;
    const seen = first.get(read.name);
    if (seen == null || (seen.optional && !read.optional)) first.set(read.name, read);
  }
  return [...first.values()];
}

/** A known name that nobody reads and that is nearly the same; null when there is none. */
export function findMisnamed(name: string, known: ReadonlySet<string>, { reads }: EnvWorld): string | null {
  const read = new Set(reads.map((one) => one.name));
  const unread = [...known].filter((one) => !read.has(one) && !isProvided(one));
  const guess = nearest(name, unread);
  if (guess != null) return guess;
  const words = new Set(name.split("_"));
  // RESEND_KEY and RESEND_API_KEY: one's words are all in the other.
  return (
    unread.find((one) => {
      const others = new Set(one.split("_"));
      const [fewer, more] = words.size < others.size ? [words, others] : [others, words];
      return fewer.size > 1 && [...fewer].every((word) => more.has(word));
    }) ?? null
  );
}
