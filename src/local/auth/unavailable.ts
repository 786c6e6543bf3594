import type { HttpReply } from "../http/message.ts";
import { AuthRefusal } from "./refusal.ts";

const instead = "an administrator can make the link with POST /auth/v1/admin/generate_link";

/**
 * /otp, /magiclink, /recover, /resend, /invite, /reauthenticate: this platform sends neither mail nor text messages.
 * 422 and not 5xx, which clients would retry; never a success, after which a user would wait for a mail in vain.
 */
export async function refuseMail(): Promise<HttpReply> {
  throw new AuthRefusal(422, "email_provider_disabled", `The local platform delivers no mail: ${instead}.`);
}

/** /authorize, /callback, /sso: no provider outside this machine. */
export async function refuseProvider(): Promise<HttpReply> {
  throw new AuthRefusal(
    400,
    "provider_disabled",
    "Unsupported provider: the local platform has no outside providers",
  );
}

/** /factors: second factors cannot be enrolled. */
export async function refuseFactors(): Promise<HttpReply> {
  throw new AuthRefusal(422, "mfa_totp_enroll_not_enabled", "MFA enroll is disabled on the local platform");
}
