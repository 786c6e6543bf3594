import { importPKCS8, SignJWT } from "jose";
import * as z from "zod";
import { parseJson } from "../core/json.ts";
import { judgeFcmReply } from "../core/notifications/fcm-reply.ts";
import type { Secret } from "../core/secret.ts";
import type { PushAnswer, PushCredentials } from "../ports/push-credentials.ts";
import { isSafeUrl } from "./safe-url.ts";

const timeoutMs = 10_000;
const scope = "https://www.googleapis.com/auth/firebase.messaging";

const accountSchema = z.object({
  project_id: z.string().regex(/^[a-z0-9][a-z0-9.:-]{2,80}$/),
  client_email: z.email(),
  private_key: z.string().includes("-----BEGIN PRIVATE KEY-----"),
  token_uri: z.string().refine(isSafeUrl),
});

const grantSchema = z.object({ access_token: z.string().min(1) });

/**
 * Exchanges the service account for a token and has FCM check a message to a topic that nobody follows, with
 * `validate_only`. Source: firebase.google.com/docs/cloud-messaging/send/v1-api
 */
export function createFcmCredentials(): PushCredentials {
  return {
    validate: async (account, endpoint) =>
      tryCredentials(account, endpoint).catch((error: unknown) => ({
        kind: "unclear",
        why: `does not answer: ${error instanceof Error ? error.message : "no connection"}`,
      })),
  };
}

async function tryCredentials(account: Secret, endpoint: Secret | null): Promise<PushAnswer> {
  const parsed = accountSchema.safeParse(parseAccount(account.reveal().trim()));
  // Nothing of it may be shown: a field is named, its content is not.
  if (!parsed.success) {
    const fields = [...new Set(parsed.error.issues.map(({ path }) => path.join(".") || "the JSON"))];
    return { kind: "refused", why: `FCM_SERVICE_ACCOUNT is incomplete: ${fields.join(", ")}` };
  }
  const { project_id, client_email, private_key, token_uri } = parsed.data;
  const base = endpoint?.reveal().trim().replace(/\/+$/, "") || "https://fcm.googleapis.com";
  if (!isSafeUrl(base)) return { kind: "refused", why: "FCM_ENDPOINT must be https, or http on loopback" };
  const assertion = await signAssertion({ client_email, private_key, token_uri });
  if (assertion == null) {
    return { kind: "refused", why: "FCM_SERVICE_ACCOUNT holds a private_key that is no RSA key (PKCS #8)" };
  }
  const granted = await send(token_uri, {
    headers: { "content-type": "application/x-www-form-urlencoded" },
    body: new URLSearchParams({
      grant_type: "urn:ietf:params:oauth:grant-type:jwt-bearer",
      assertion,
    }).toString(),
  });
  if (granted.status === 429 || granted.status >= 500) {
    return { kind: "unclear", why: `Google's token server answers ${granted.status}` };
  }
  const grant = grantSchema.safeParse(parseJson(granted.text));
  if (granted.status !== 200 || !grant.success) {
    return {
      kind: "refused",
      why: `Google does not accept the key in FCM_SERVICE_ACCOUNT (${granted.status})`,
    };
  }
  const { status, text } = await send(`${base}/v1/projects/${project_id}/messages:send`, {
    headers: {
      authorization: `Bearer ${grant.data.access_token}`,
      "content-type": "application/json",
    },
    body: JSON.stringify({ validate_only: true, message: { topic: "bee-probe", data: { probe: "1" } } }),
  });
  if (status >= 200 && status < 300) return { kind: "accepted" };
  const { kind, ...reply } = judgeFcmReply(status, text, null);
  const detail = "detail" in reply ? reply.detail : String(status);
  // 400 finds fault with the message, not with who sent it; 404 knows no such project.
  return kind === "credentials" || status === 404
    ? { kind: "refused", why: `refuses the message of project ${project_id}: ${detail}` }
    : { kind: "unclear", why: `answers ${detail}` };
}

async function signAssertion({
  client_email,
  private_key,
  token_uri,
}: {
  readonly client_email: string;
  readonly private_key: string;
  readonly token_uri: string;
}): Promise<string | null> {
  // Secrets set through a shell often carry the two characters \n instead of a line break.
  const key = await importPKCS8(private_key.replaceAll("\\n", "\n"), "RS256").catch(() => null);
  if (key == null) return null;
  return new SignJWT({ scope })
    .setProtectedHeader({ alg: "RS256", typ: "JWT" })
    .setIssuer(client_email)
    .setAudience(token_uri)
    .setIssuedAt()
    .setExpirationTime("1h")
    .sign(key);
}

interface Sent {
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

async function send(url: string, { headers, body }: Sent) {
  const response = await fetch(url, {
    method: "POST",
    headers,
    body,
    redirect: "error",
    signal: AbortSignal.timeout(timeoutMs),
  });
  return { status: response.status, text: (await response.text()).slice(0, 65_536) };
}

function parseAccount(text: string): unknown {
  return parseJson(text.startsWith("{") ? text : Buffer.from(text, "base64").toString("utf8"));
}
