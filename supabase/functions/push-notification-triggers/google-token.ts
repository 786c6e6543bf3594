import { encodeBase64Url } from "../_shared/base64url.ts";
import { readLimited } from "../_shared/read-limited.ts";
import { notConfigured, unavailable } from "../_shared/refusal.ts";
import type { ServiceAccount } from "./service-account.ts";

export interface GoogleTokens {
  /** A valid access token, from memory when one is. Refuses with 503. */
  get(deadline: AbortSignal): Promise<string>;
  /** The next `get` asks anew: the platform did not take this one. */
  forget(): void;
}

const scope = "https://www.googleapis.com/auth/firebase.messaging";
const timeoutMs = 10_000;
const lifetimeSeconds = 3600;
/** A token is not used in its last minutes, so that none runs out on its way. */
const marginMs = 300_000;

/**
 * OAuth 2 tokens for a service account: a JWT signed with its key is exchanged for a token that lives an hour.
 * Source: developers.google.com/identity/protocols/oauth2/service-account (HTTP/REST), RFC 7523
 */
export function createGoogleTokens(
  account: ServiceAccount,
  send: typeof fetch,
  nowMs: () => number,
): GoogleTokens {
  let held: { readonly token: string; readonly untilMs: number } | null = null;

  const exchange = async (assertion: string, deadline: AbortSignal) => {
    try {
      const response = await send(account.tokenUri, {
        method: "POST",
        headers: { "content-type": "application/x-www-form-urlencoded" },
        body: new URLSearchParams({ grant_type: "urn:ietf:params:oauth:grant-type:jwt-bearer", assertion }),
        redirect: "error",
        signal: AbortSignal.any([deadline, AbortSignal.timeout(timeoutMs)]),
      });
      return { status: response.status, text: await readLimited(response, 65_536) };
    } catch {
      throw unavailable("fcm_unavailable", "Google's token server does not answer", 30);
    }
  };

  return {
    async get(deadline) {
      if (held !== null && held.untilMs > nowMs()) return held.token;
      const { status, text } = await exchange(await signAssertion(account, nowMs()), deadline);
      if (status === 429 || status >= 500) {
        throw unavailable("fcm_unavailable", "Google's token server does not answer", 30);
      }
      const granted = status === 200 ? parseGrant(text) : null;
      if (granted === null) {
        throw notConfigured("Google does not accept the key in the secret FCM_SERVICE_ACCOUNT");
      }
      const seconds = Math.min(granted.seconds, lifetimeSeconds);
      held = { token: granted.token, untilMs: nowMs() + seconds * 1000 - marginMs };
      return granted.token;
    },
    forget() {
      held = null;
    },
  };
}

async function signAssertion(account: ServiceAccount, now: number): Promise<string> {
  const issuedAt = Math.floor(now / 1000);
  const claims = {
    iss: account.clientEmail,
    scope,
    aud: account.tokenUri,
    iat: issuedAt,
    exp: issuedAt + lifetimeSeconds,
  };
  const encode = (value: object) => encodeBase64Url(new TextEncoder().encode(JSON.stringify(value)));
  const signed = `${encode({ alg: "RS256", typ: "JWT" })}.${encode(claims)}`;
  const key = await importKey(account.privateKey);
  const signature = await crypto.subtle.sign(key.algorithm, key, new TextEncoder().encode(signed));
  return `${signed}.${encodeBase64Url(new Uint8Array(signature))}`;
}

async function importKey(pem: string): Promise<CryptoKey> {
  try {
    // Secrets set through a shell often carry the two characters \n instead of a line break.
    const body = pem
      .replaceAll("\\n", "\n")
      .replace(/-----(BEGIN|END) PRIVATE KEY-----/g, "")
      .replace(/\s+/g, "");
    const der = Uint8Array.from(atob(body), (character) => character.charCodeAt(0));
    const algorithm = { name: "RSASSA-PKCS1-v1_5", hash: "SHA-256" };
    return await crypto.subtle.importKey("pkcs8", der, algorithm, false, ["sign"]);
  } catch {
    throw notConfigured("The secret FCM_SERVICE_ACCOUNT holds a private_key that is no RSA key (PKCS #8)");
  }
}

function parseGrant(text: string): { readonly token: string; readonly seconds: number } | null {
  try {
    const { access_token: token, expires_in: seconds } = JSON.parse(text) as Record<string, unknown>;
    return typeof token === "string" && token !== "" && typeof seconds === "number" && seconds > 0
      ? { token, seconds }
      : null;
  } catch {
    return null;
  }
}
