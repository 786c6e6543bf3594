import * as z from "zod";
import type { HttpHandler, HttpReply, HttpRequest } from "../http/message.ts";
import type { Hub } from "./hub.ts";

const name = z.string().min(1).max(255);
const batch = z.object({
  messages: z
    .array(
      z.object({
        topic: name,
        event: name,
        payload: z.record(z.string(), z.unknown()),
        private: z.boolean().nullish(),
      }),
    )
    .min(1)
    .max(100),
});

const accepted: HttpReply = { status: 202 };
const noPrivate: HttpReply = {
  status: 403,
  body: { error: "private channels are not part of the local platform" },
};

/**
 * POST /api/broadcast with a batch, and POST /api/broadcast/:topic/events/:event with one JSON or binary payload.
 * The caller must show a key or token of the project.
 */
export function createBroadcastEndpoint(hub: Hub): HttpHandler {
  return async (request) => {
    const one = /^\/api\/broadcast\/([^/]+)\/events\/([^/]+)$/.exec(request.path);
    if (one === null && request.path !== "/api/broadcast")
      return { status: 404, body: { error: "not found" } };
    if (request.method !== "POST") return { status: 405, body: { error: "method not allowed" } };
    if (!(await isAllowed(hub, request))) return { status: 401, body: { error: "Unauthorized" } };
    return one === null ? broadcastBatch(hub, request) : broadcastOne(hub, request, one[1], one[2]);
  };
}

async function isAllowed(hub: Hub, request: HttpRequest): Promise<boolean> {
  const bearer = /^bearer\s+(\S+)$/i.exec(request.headers["authorization"] ?? "")?.[1];
  const token = bearer ?? request.headers["apikey"];
  return token !== undefined && (await hub.verify(token)) !== null;
}

function broadcastBatch(hub: Hub, request: HttpRequest): HttpReply {
  const parsed = batch.safeParse(parseJson(request.body));
  if (!parsed.success) {
    const errors = parsed.error.issues.map((issue) => `${issue.path.join(".")}: ${issue.message}`);
    return { status: 422, body: { error: errors.join("; ") } };
  }
  if (parsed.data.messages.some((message) => message.private === true)) return noPrivate;
  for (const { topic, event, payload } of parsed.data.messages) {
    const content = { payload: JSON.stringify({ type: "broadcast", event, payload }) };
    hub.topics.broadcast(`realtime:${topic}`, content, null);
  }
  return accepted;
}

function broadcastOne(hub: Hub, request: HttpRequest, topicPart = "", eventPart = ""): HttpReply {
  const topic = decode(topicPart);
  const event = decode(eventPart);
  if (topic === null || event === null) return { status: 400, body: { error: "malformed topic or event" } };
  if (request.query.get("private") === "true") return noPrivate;
  const binary = request.headers["content-type"]?.startsWith("application/octet-stream") === true;
  if (!binary && parseJson(request.body) === undefined)
    return { status: 400, body: { error: "malformed JSON" } };
  const user = { event, encoding: binary ? ("binary" as const) : ("json" as const), bytes: request.body };
  hub.topics.broadcast(`realtime:${topic}`, { user }, null);
  return accepted;
}

function decode(part: string): string | null {
  try {
    return decodeURIComponent(part);
  } catch {
    return null;
  }
}

function parseJson(body: Buffer): unknown {
  try {
    return JSON.parse(body.toString("utf8"));
  } catch {
    return undefined;
  }
}
