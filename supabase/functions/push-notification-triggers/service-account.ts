import { notConfigured } from "../_shared/refusal.ts";

export interface FcmEnv {
  /** The service account's JSON as Google hands it out, raw or base64. */
  readonly FCM_SERVICE_ACCOUNT: string | undefined;
  /** Of the API that was shut down in July 2024. */
  readonly FCM_SERVER_KEY: string | undefined;
  /** Another address than Google's, for tests on this machine. */
  readonly FCM_ENDPOINT: string | undefined;
}

export interface ServiceAccount {
  readonly projectId: string;
  readonly clientEmail: string;
  /** PKCS #8 in PEM. */
  readonly privateKey: string;
  readonly tokenUri: string;
}

export interface FcmAccess {
  readonly account: ServiceAccount;
  /** Without a slash at the end. */
  readonly endpoint: string;
}

const name = "FCM_SERVICE_ACCOUNT";
const howTo = `Set ${name} to the service account's JSON (Firebase console: project settings, service accounts)`;

/** Refuses with 503 naming the secret and what is wrong with it, never its content. */
export function readFcmAccess(env: FcmEnv): FcmAccess {
  const text = env.FCM_SERVICE_ACCOUNT?.trim() ?? "";
  if (text === "") {
    const legacy = (env.FCM_SERVER_KEY ?? "") !== "";
    throw notConfigured(
      legacy
        ? `The secret FCM_SERVER_KEY belongs to an API that was shut down in July 2024. ${howTo}`
        : `The secret ${name} is missing. ${howTo}`,
    );
  }
  return { account: parseServiceAccount(text), endpoint: readEndpoint(env.FCM_ENDPOINT) };
}

function parseServiceAccount(text: string): ServiceAccount {
  const fields = parseJson(text.startsWith("{") ? text : decodeBase64(text));
  const field = (key: string, fits: (value: string) => boolean): string => {
    const value = fields[key];
    if (typeof value === "string" && fits(value)) return value;
    throw notConfigured(`The secret ${name} is incomplete: ${key} is missing or ill-formed. ${howTo}`);
  };
  return {
    projectId: field("project_id", (value) => /^[a-z0-9][a-z0-9.:-]{2,80}$/.test(value)),
    clientEmail: field("client_email", (value) => /^[^@\s]+@[^@\s]+$/.test(value)),
    privateKey: field("private_key", (value) => value.includes("-----BEGIN PRIVATE KEY-----")),
    tokenUri: field("token_uri", isSafeUrl),
  };
}

function parseJson(text: string): Readonly<Record<string, unknown>> {
  try {
    const value: unknown = JSON.parse(text);
    if (typeof value === "object" && value !== null) return value as Record<string, unknown>;
  } catch {
    // The message would quote the secret.
  }
  throw notConfigured(`The secret ${name} is not JSON, raw or base64. ${howTo}`);
}

function decodeBase64(text: string): string {
  try {
    const binary = atob(text.replace(/\s+/g, "").replaceAll("-", "+").replaceAll("_", "/"));
    return new TextDecoder().decode(Uint8Array.from(binary, (character) => character.charCodeAt(0)));
  } catch {
    return "";
  }
}

function readEndpoint(text: string | undefined): string {
  const endpoint = text?.trim().replace(/\/+$/, "") || "https://fcm.googleapis.com";
  if (isSafeUrl(endpoint)) return endpoint;
  throw notConfigured("The secret FCM_ENDPOINT must be an https URL, or http on this machine");
}

/** Credentials go there: encrypted, or not off this machine. */
function isSafeUrl(text: string): boolean {
  try {
    const { protocol, hostname, username } = new URL(text);
    const isLocal = hostname === "localhost" || hostname === "127.0.0.1" || hostname === "[::1]";
    return username === "" && (protocol === "https:" || (protocol === "http:" && isLocal));
  } catch {
    return false;
  }
}
