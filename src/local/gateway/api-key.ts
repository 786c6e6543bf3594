import type { IncomingMessage } from "node:http";
import type { HttpReply } from "../http/message.ts";
import type { Identity } from "../identity.ts";

/** A key of the project, and the JWT that says the same to the parts behind the gateway. */
export interface ApiKey {
  readonly role: "anon" | "service_role";
  readonly jwt: string;
}

export interface ApiKeyCheck {
  /** Header `apikey`, or for links and websockets the query parameter. */
  check(request: IncomingMessage, query: URLSearchParams): ApiKey | HttpReply;
  /** An Authorization header with a key that is no JWT, with the JWT in its place. */
  resolveAuthorization(header: string | undefined): string | undefined;
}

export function createApiKeyCheck(identity: Identity): ApiKeyCheck {
  const anon: ApiKey = { role: "anon", jwt: identity.anonKey };
  const service: ApiKey = { role: "service_role", jwt: identity.serviceRoleKey };
  const keys = new Map([
    [identity.anonKey, anon],
    [identity.publishableKey, anon],
    [identity.serviceRoleKey, service],
    [identity.secretKey, service],
  ]);
  return {
    check(request, query) {
      const given = request.headers["apikey"] ?? query.get("apikey");
      if (given == null || given === "") return noKey;
      return keys.get(String(given)) ?? invalidKey;
    },
    resolveAuthorization(header) {
      const token = readBearer(header);
      const opaque =
        token === identity.publishableKey || token === identity.secretKey ? keys.get(token) : null;
      return opaque == null ? header : `Bearer ${opaque.jwt}`;
    },
  };
}

export function isReply(value: ApiKey | HttpReply): value is HttpReply {
  return "status" in value;
}

/** The token of `Authorization: Bearer …` (RFC 6750; the scheme in any case); null when there is none. */
export function readBearer(header: string | undefined): string | null {
  return /^bearer +(\S+)$/i.exec(header?.trim() ?? "")?.[1] ?? null;
}

const noKey: HttpReply = {
  status: 401,
  body: {
    message: "No API key found in request",
    hint: "No `apikey` request header or url param was found.",
  },
};

const invalidKey: HttpReply = {
  status: 401,
  body: {
    message: "Invalid API key",
    hint: "Double check your Supabase `anon` or `service_role` API key.",
  },
};
