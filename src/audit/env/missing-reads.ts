import { editDistance, nearest } from "../../core/nearest.ts";
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

/** What a missing name was meant to be. */
export interface Meant {
  readonly name: string;
  readonly isRead: boolean;
}

/** A known name that is nearly the same: unread as a rule, else one with the same letters. Null when there is none. */
export function findMisnamed(name: string, known: ReadonlySet<string>, { reads }: EnvWorld): Meant | null {
  const read = new Set(reads.map((one) => one.name));
  const mine = [...known].filter((one) => !isProvided(one));
  const unread = mine.filter((one) => !read.has(one));
  const near = nearest(name, unread) ?? unread.find((one) => hasWordsOf(name, one));
  if (near != null) return { name: near, isRead: false };
  const slip = mine.find((one) => one !== name && isSlip(name, one));
  return slip == null ? null : { name: slip, isRead: true };
}

/** RESEND_KEY and RESEND_API_KEY: one's words are all in the other. */
function hasWordsOf(name: string, other: string): boolean {
  const [words, others] = [new Set(name.split("_")), new Set(other.split("_"))];
  const [fewer, more] = words.size < others.size ? [words, others] : [others, words];
  return fewer.size > 1 && [...fewer].every((word) => more.has(word));
}

/** MAIL_APIKEY or MAIL_AIP_KEY for MAIL_API_KEY: another underscore or two letters swapped, so that both are hardly meant. */
function isSlip(name: string, other: string): boolean {
  const [mine, its] = [name.replaceAll("_", ""), other.replaceAll("_", "")];
  return (
    mine === its || (mine.length === its.length && editDistance(mine, its) === 1 && isPermuted(mine, its))
  );
}

function isPermuted(a: string, b: string): boolean {
  return [...a].sort().join() === [...b].sort().join();
}
