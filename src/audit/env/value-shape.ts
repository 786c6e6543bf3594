import { Buffer } from "node:buffer";

/** What a value is, without the value. */
export type ValueShape =
  | "empty"
  | "placeholder"
  | "url"
  | "uuid"
  | "number"
  | "json"
  | "service-account"
  | "publishable-key"
  | "secret-key"
  | "webhook-secret"
  | "token"
  | "text";

const placeholder =
  /^(?:your[-_ ].*|<.*>|\$\{.*\}|x{3,}|\.{3}|change[-_ ]?me|placeholder|todo|tbd|replace[-_ ]?me|insert[-_ ].*|dummy|example|xxx.*)$|your[-_](?:project|anon|service|publishable|secret|fcm|local|supabase|sentry|api|key)/i;

/** Looks at a value and forgets it. */
export function shapeOf(value: string): ValueShape {
  const trimmed = value.trim();
  if (trimmed === "") return "empty";
  if (placeholder.test(trimmed)) return "placeholder";
  if (/^(sb_publishable|pk_live|pk_test)_/.test(trimmed)) return "publishable-key";
  if (/^(sb_secret|sk_live|sk_test|rk_live|rk_test)_/.test(trimmed)) return "secret-key";
  if (/^(v1,)?whsec_/.test(trimmed)) return "webhook-secret";
  if (/^eyJ[\w-]+\.eyJ[\w-]+\.[\w-]*$/.test(trimmed)) return shapeOfToken(trimmed);
  if (/^[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}$/i.test(trimmed)) return "uuid";
  if (/^-?\d+(?:\.\d+)?$/.test(trimmed)) return "number";
  if (/^[a-z][a-z0-9+.-]*:\/\/\S+$/i.test(trimmed) && URL.canParse(trimmed)) return "url";
  const json = readJson(trimmed) ?? readJson(Buffer.from(trimmed, "base64").toString("utf8"));
  if (json == null) return "text";
  return typeof json["client_email"] === "string" && typeof json["private_key"] === "string"
    ? "service-account"
    : "json";
}

/** By the role that the legacy keys of a project carry. */
function shapeOfToken(token: string): ValueShape {
  const role = readJson(Buffer.from(token.split(".")[1] ?? "", "base64url").toString("utf8"))?.["role"];
  return role === "service_role" ? "secret-key" : role === "anon" ? "publishable-key" : "token";
}

function readJson(text: string): Readonly<Record<string, unknown>> | null {
  if (!text.trimStart().startsWith("{")) return null;
  try {
    const value: unknown = JSON.parse(text);
    return value != null && typeof value === "object" && !Array.isArray(value)
      ? (value as Record<string, unknown>)
      : null;
  } catch {
    return null;
  }
}

/** The shape that a name promises; null when it promises none. */
export function promisedShape(name: string): ValueShape | null {
  if (/SERVICE_ACCOUNT(_JSON|_KEY)?$/.test(name)) return "service-account";
  if (/(^|_)(SERVICE_ROLE|SERVICE|SECRET)_?KEY$/.test(name)) return "secret-key";
  if (/(^|_)STRIPE_(\w+_)?(WEBHOOK|SIGNING|ENDPOINT)_(\w+_)?SECRET$/.test(name)) return "webhook-secret";
  if (/(^|_)(ANON|PUBLISHABLE|PUBLIC)_?KEY$/.test(name)) return "publishable-key";
  if (/(^|_)(URL|URI|ENDPOINT|WEBHOOK|DSN)$/.test(name)) return "url";
  if (/(^|_)UUID$/.test(name)) return "uuid";
  if (
    /^(MAX|MIN)_|(^|_)(PORT|TIMEOUT|LIMIT|COUNT|RETRIES|MS|SECONDS|MINUTES|HOURS|DAYS|PER_MINUTE)$/.test(name)
  )
    return "number";
  if (/_JSON$/.test(name)) return "json";
  return null;
}
