import type { Identity } from "./identity.ts";
import { jwks } from "./tokens.ts";

/** The variables hosted gives every function (https://supabase.com/docs/guides/functions/secrets). */
export function assembleFunctionEnv(
  identity: Identity,
  url: string,
  dbUrl: string,
): Readonly<Record<string, string>> {
  return {
    SUPABASE_URL: url,
    SUPABASE_ANON_KEY: identity.anonKey,
    SUPABASE_SERVICE_ROLE_KEY: identity.serviceRoleKey,
    SUPABASE_DB_URL: dbUrl,
    SUPABASE_PUBLISHABLE_KEYS: JSON.stringify({ default: identity.publishableKey }),
    SUPABASE_SECRET_KEYS: JSON.stringify({ default: identity.secretKey }),
    SUPABASE_JWKS: JSON.stringify(jwks(identity)),
    SB_REGION: "local",
  };
}
