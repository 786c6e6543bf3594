import { renderBroadcast, renderMessage, type UserBroadcast, type Vsn } from "./frame.ts";
import { Presence, type PresenceDiff } from "./presence.ts";

/** A channel as its topic sees it. */
export interface Member {
  readonly vsn: Vsn;
  readonly watchesPresence: boolean;
  readonly echoes: boolean;
  /** A whole frame. */
  send(frame: string | Buffer): void;
}

interface Topic {
  readonly members: Set<Member>;
  readonly presence: Presence<Member>;
}

/** What a member broadcasts: opaque bytes of a binary push, or the JSON payload of a text one. */
type BroadcastContent = { readonly user: UserBroadcast } | { readonly payload: string };

/** Channels by topic, for broadcast and presence. */
export class Topics {
  readonly #topics = new Map<string, Topic>();

  join(name: string, member: Member): void {
    this.#open(name).members.add(member);
  }

  leave(name: string, member: Member): void {
    const topic = this.#topics.get(name);
    if (topic === undefined) return;
    topic.members.delete(member);
    this.#tellPresence(name, topic, topic.presence.untrack(member));
    if (topic.members.size === 0) this.#topics.delete(name);
  }

  /** `from` is null for a broadcast over HTTP, which everybody gets. */
  broadcast(name: string, content: BroadcastContent, from: Member | null): void {
    const frames = new Map<Vsn, string | Buffer | null>();
    for (const member of this.#topics.get(name)?.members ?? []) {
      if (member === from && !member.echoes) continue;
      if (!frames.has(member.vsn)) frames.set(member.vsn, renderContent(name, content, member.vsn));
      const frame = frames.get(member.vsn);
      if (frame != null) member.send(frame);
    }
  }

  track(name: string, member: Member, key: string, payload: Readonly<Record<string, unknown>>): void {
    const topic = this.#open(name);
    for (const diff of topic.presence.track(member, key, payload)) this.#tellPresence(name, topic, diff);
  }

  untrack(name: string, member: Member): void {
    const topic = this.#topics.get(name);
    if (topic !== undefined) this.#tellPresence(name, topic, topic.presence.untrack(member));
  }

  /** JSON of presence_state. */
  renderPresence(name: string): string {
    return JSON.stringify(this.#topics.get(name)?.presence.readState() ?? {});
  }

  #tellPresence(name: string, topic: Topic, diff: PresenceDiff | null): void {
    if (diff === null) return;
    const frames = new Map<Vsn, string>();
    const message = {
      joinRef: null,
      ref: null,
      topic: name,
      event: "presence_diff",
      payload: JSON.stringify(diff),
    };
    for (const member of topic.members) {
      if (!member.watchesPresence) continue;
      const frame = frames.get(member.vsn) ?? renderMessage(message, member.vsn);
      frames.set(member.vsn, frame);
      member.send(frame);
    }
  }

  #open(name: string): Topic {
    const topic = this.#topics.get(name) ?? { members: new Set<Member>(), presence: new Presence<Member>() };
    this.#topics.set(name, topic);
    return topic;
  }
}

function renderContent(topic: string, content: BroadcastContent, vsn: Vsn): string | Buffer | null {
  if ("user" in content) return renderBroadcast(topic, content.user, vsn);
  return renderMessage(
    { joinRef: null, ref: null, topic, event: "broadcast", payload: content.payload },
    vsn,
  );
}
