import type { HttpReply, HttpRequest } from "../http/message.ts";

/** GoTrue's error codes this server uses (supabase.com/docs/guides/auth/debugging/error-codes). */
type ErrorCode =
  | "bad_json"
  | "bad_jwt"
  | "email_exists"
  | "email_not_confirmed"
  | "email_provider_disabled"
  | "invalid_credentials"
  | "mfa_totp_enroll_not_enabled"
  | "no_authorization"
  | "not_admin"
  | "not_found"
  | "otp_expired"
  | "over_request_rate_limit"
  | "phone_exists"
  | "phone_provider_disabled"
  | "provider_disabled"
  | "refresh_token_already_used"
  | "refresh_token_not_found"
  | "request_too_large"
  | "same_password"
  | "session_expired"
  | "session_not_found"
  | "unexpected_failure"
  | "user_already_exists"
  | "user_banned"
  | "user_not_found"
  | "validation_failed"
  | "weak_password";

/** A "no" of the auth server. Thrown, so that an open transaction rolls back; the router turns it into a reply. */
export class AuthRefusal extends Error {
  readonly status: number;
  readonly errorCode: ErrorCode;
  readonly extra: Readonly<Record<string, unknown>>;

  constructor(
    status: number,
    errorCode: ErrorCode,
    message: string,
    extra: Readonly<Record<string, unknown>> = {},
  ) {
    super(message);
    this.name = "AuthRefusal";
    this.status = status;
    this.errorCode = errorCode;
    this.extra = extra;
  }
}

const versionHeader = "x-supabase-api-version";
const namedCodesSince = "2024-01-01";

/** `{code, error_code, msg}`, or `{code, message}` for a caller that asks for API version 2024-01-01. */
export function renderRefusal(refusal: AuthRefusal, request: HttpRequest): HttpReply {
  const version = request.headers[versionHeader] ?? "";
  const dated = /^\d{4}-\d{2}-\d{2}$/.test(version) && version >= namedCodesSince;
  return dated
    ? {
        status: refusal.status,
        headers: { [versionHeader]: namedCodesSince },
        body: { code: refusal.errorCode, message: refusal.message, ...refusal.extra },
      }
    : {
        status: refusal.status,
        body: { code: refusal.status, error_code: refusal.errorCode, msg: refusal.message, ...refusal.extra },
      };
}
