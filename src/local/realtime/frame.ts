/** Phoenix channel messages, serializer versions 1.0.0 (objects) and 2.0.0 (arrays; broadcasts may be binary). */
export type Vsn = "1.0.0" | "2.0.0";

/** What a user broadcasts, byte for byte as it came: the server never reads it. */
export interface UserBroadcast {
  readonly event: string;
  /** JSON text, or bytes that only a 2.0.0 client can receive. */
  readonly encoding: "json" | "binary";
  readonly bytes: Buffer;
}

export interface ClientMessage {
  readonly joinRef: string | null;
  readonly ref: string | null;
  readonly topic: string;
  readonly event: string;
  readonly payload: unknown;
  /** Set for a binary broadcast push; `payload` is then empty. */
  readonly broadcast?: UserBroadcast;
}

interface ServerMessage {
  readonly joinRef: string | null;
  readonly ref: string | null;
  readonly topic: string;
  readonly event: string;
  /** JSON text, so that one payload for many receivers is written once. */
  readonly payload: string;
}

const maxName = 1024;
const kindUserBroadcastPush = 3;
const kindUserBroadcast = 4;
const pushHeader = 7;

/** A text frame; null when it is no Phoenix message. */
export function parseTextFrame(text: string, vsn: Vsn): ClientMessage | null {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return null;
  }
  if (typeof value !== "object" || value === null) return null;
  if (vsn === "2.0.0") {
    if (!Array.isArray(value) || value.length !== 5) return null;
    const [joinRef, ref, topic, event, payload]: unknown[] = value;
    return assembleMessage(joinRef, ref, topic, event, payload);
  }
  const { join_ref, ref, topic, event, payload } = value as Partial<Record<string, unknown>>;
  return assembleMessage(join_ref, ref, topic, event, payload);
}

function assembleMessage(
  joinRef: unknown,
  ref: unknown,
  topic: unknown,
  event: unknown,
  payload: unknown,
): ClientMessage | null {
  if (typeof topic !== "string" || typeof event !== "string") return null;
  if (topic.length > maxName || event.length > maxName) return null;
  const refs = [joinRef, ref].map(readRef);
  if (refs[0] === undefined || refs[1] === undefined) return null;
  return { joinRef: refs[0], ref: refs[1], topic, event, payload: payload ?? {} };
}

function readRef(ref: unknown): string | null | undefined {
  if (ref == null) return null;
  if (typeof ref === "number") return String(ref);
  return typeof ref === "string" && ref.length <= 255 ? ref : undefined;
}

/**
 * A binary frame: kind 3, the lengths of join_ref, ref, topic, event and metadata in a byte each, the encoding
 * (0 bytes, 1 JSON), those five texts, the payload. Null for anything else.
 */
export function parseBinaryFrame(frame: Buffer): ClientMessage | null {
  if (frame.length < pushHeader || frame[0] !== kindUserBroadcastPush) return null;
  const lengths = [...frame.subarray(1, 6)];
  const encoding = frame[6];
  if (encoding !== 0 && encoding !== 1) return null;
  let offset = pushHeader;
  const texts: string[] = [];
  for (const length of lengths) {
    if (offset + length > frame.length) return null;
    texts.push(frame.toString("utf8", offset, offset + length));
    offset += length;
  }
  const [joinRef = "", ref = "", topic = "", event = ""] = texts;
  const bytes = frame.subarray(offset);
  if (encoding === 1 && !isJson(bytes)) return null;
  return {
    joinRef: joinRef || null,
    ref: ref || null,
    topic,
    event: "broadcast",
    payload: {},
    broadcast: { event, encoding: encoding === 1 ? "json" : "binary", bytes },
  };
}

function isJson(bytes: Buffer): boolean {
  try {
    JSON.parse(bytes.toString("utf8"));
    return true;
  } catch {
    return false;
  }
}

export function renderMessage(message: ServerMessage, vsn: Vsn): string {
  const [joinRef, ref, topic, event] = [message.joinRef, message.ref, message.topic, message.event].map(
    (part) => JSON.stringify(part),
  );
  return vsn === "2.0.0"
    ? `[${joinRef},${ref},${topic},${event},${message.payload}]`
    : `{"join_ref":${joinRef},"ref":${ref},"topic":${topic},"event":${event},"payload":${message.payload}}`;
}

/** A broadcast as `vsn` receives it; null when it cannot: a 1.0.0 client has no form for bytes. */
export function renderBroadcast(topic: string, broadcast: UserBroadcast, vsn: Vsn): string | Buffer | null {
  const topicBytes = Buffer.from(topic);
  const eventBytes = Buffer.from(broadcast.event);
  if (vsn === "2.0.0" && topicBytes.length <= 255 && eventBytes.length <= 255) {
    const encoding = broadcast.encoding === "json" ? 1 : 0;
    const header = Buffer.from([kindUserBroadcast, topicBytes.length, eventBytes.length, 0, encoding]);
    return Buffer.concat([header, topicBytes, eventBytes, broadcast.bytes]);
  }
  if (broadcast.encoding === "binary") return null;
  const payload = `{"type":"broadcast","event":${JSON.stringify(broadcast.event)},"payload":${broadcast.bytes.toString("utf8")}}`;
  return renderMessage({ joinRef: null, ref: null, topic, event: "broadcast", payload }, vsn);
}
