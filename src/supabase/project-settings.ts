import * as z from "zod";
import { Secret } from "../core/secret.ts";
import type { ProjectSettings } from "../ports/project-settings.ts";
import { ApiError } from "./api-error.ts";
import { type ManagementApi, parseReply } from "./management-api.ts";

const flag = z.boolean().nullish();
const count = z.number().nullish();

/** Of AuthConfigResponse, what the gates judge. */
const authSchema = z.object({
  disable_signup: flag,
  external_anonymous_users_enabled: flag,
  external_email_enabled: flag,
  mailer_autoconfirm: flag,
  mailer_allow_unverified_email_sign_ins: flag,
  mailer_otp_exp: count,
  password_min_length: count,
  password_hibp_enabled: flag,
  jwt_exp: count,
  refresh_token_rotation_enabled: flag,
  security_refresh_token_reuse_interval: count,
  mfa_totp_enroll_enabled: flag,
  mfa_totp_verify_enabled: flag,
  site_url: z.string().nullish(),
  uri_allow_list: z.string().nullish(),
});

const sslSchema = z.object({ currentConfig: z.object({ database: z.boolean() }) });
const restSchema = z.object({ jwt_secret: z.string().nullish() });

export function createProjectSettings(api: ManagementApi, ref: string): ProjectSettings {
  async function read<T>(schema: z.ZodType<T>, part: string): Promise<T> {
    const path = `/v1/projects/${ref}/${part}`;
    return parseReply(schema, await api.request({ method: "GET", path, repeatable: true }), `GET ${path}`);
  }
  return {
    async readAuth() {
      const auth = await read(authSchema, "config/auth");
      const both = [auth.mfa_totp_enroll_enabled, auth.mfa_totp_verify_enabled];
      return {
        signUpOpen: auth.disable_signup == null ? null : !auth.disable_signup,
        anonymousUsers: auth.external_anonymous_users_enabled ?? null,
        emailSignIn: auth.external_email_enabled ?? null,
        mailerAutoconfirm: auth.mailer_autoconfirm ?? null,
        unverifiedSignIn: auth.mailer_allow_unverified_email_sign_ins ?? null,
        mailerOtpExpiry: auth.mailer_otp_exp ?? null,
        passwordMinLength: auth.password_min_length ?? null,
        leakedPasswordCheck: auth.password_hibp_enabled ?? null,
        jwtExpiry: auth.jwt_exp ?? null,
        refreshRotation: auth.refresh_token_rotation_enabled ?? null,
        refreshReuseInterval: auth.security_refresh_token_reuse_interval ?? null,
        mfaTotp: both.includes(null) || both.includes(undefined) ? null : both.every(Boolean),
        siteUrl: auth.site_url ?? null,
        redirectUrls: (auth.uri_allow_list ?? "")
          .split(",")
          .map((url) => url.trim())
          .filter((url) => url !== ""),
      };
    },
    async readSslEnforced() {
      return (await read(sslSchema, "ssl-enforcement")).currentConfig.database;
    },
    async readJwtSecret() {
      const refused = (error: unknown): null => {
        if (error instanceof ApiError && [403, 404].includes(error.status ?? 0)) return null;
        throw error;
      };
      const { jwt_secret: secret } = (await read(restSchema, "postgrest").catch(refused)) ?? {};
      return secret == null || secret === "" ? null : new Secret(secret);
    },
  };
}
