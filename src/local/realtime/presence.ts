import { randomBytes } from "node:crypto";

type Meta = Readonly<Record<string, unknown>>;

/** Phoenix's form of who is there: key → metas, each with its `phx_ref`. */
export type PresenceState = Readonly<Record<string, { readonly metas: readonly Meta[] }>>;

export interface PresenceDiff {
  readonly joins: PresenceState;
  readonly leaves: PresenceState;
}

interface Tracked {
  readonly key: string;
  readonly meta: Meta;
}

/** Who is present in one topic. `Member` is whatever identifies a channel. */
export class Presence<Member> {
  readonly #tracked = new Map<Member, Tracked>();

  /**
   * Two diffs for a member that was there already, the leave first: clients that get both in one keep the old meta,
   * for their join handler strips the reference the leave is matched by (realtime-js 2.109, presenceAdapter.ts).
   */
  track(member: Member, key: string, payload: Meta): readonly PresenceDiff[] {
    const leave = this.untrack(member);
    const meta = { ...payload, phx_ref: randomBytes(9).toString("base64url") };
    this.#tracked.set(member, { key, meta });
    const join = { joins: oneState(key, meta), leaves: {} };
    return leave === null ? [join] : [leave, join];
  }

  /** Null when the member was not there. */
  untrack(member: Member): PresenceDiff | null {
    const before = this.#tracked.get(member);
    if (before === undefined) return null;
    this.#tracked.delete(member);
    return { joins: {}, leaves: oneState(before.key, before.meta) };
  }

  readState(): PresenceState {
    const metas = new Map<string, Meta[]>();
    for (const { key, meta } of this.#tracked.values()) metas.set(key, [...(metas.get(key) ?? []), meta]);
    return Object.fromEntries([...metas].map(([key, list]) => [key, { metas: list }]));
  }
}

function oneState(key: string, meta: Meta): PresenceState {
  return Object.fromEntries([[key, { metas: [meta] }]]);
}
