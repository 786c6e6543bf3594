import { jsonLog } from "../_shared/log.ts";
import { createHandler } from "./handler.ts";

Deno.serve(
  createHandler({
    env: {
      SUPABASE_URL: Deno.env.get("SUPABASE_URL"),
      SUPABASE_ANON_KEY: Deno.env.get("SUPABASE_ANON_KEY"),
      SUPABASE_SERVICE_ROLE_KEY: Deno.env.get("SUPABASE_SERVICE_ROLE_KEY"),
      SUPABASE_PUBLISHABLE_KEYS: Deno.env.get("SUPABASE_PUBLISHABLE_KEYS"),
      SUPABASE_SECRET_KEYS: Deno.env.get("SUPABASE_SECRET_KEYS"),
      SUPABASE_JWKS: Deno.env.get("SUPABASE_JWKS"),
      DENO_DEPLOYMENT_ID: Deno.env.get("DENO_DEPLOYMENT_ID"),
      FCM_SERVICE_ACCOUNT: Deno.env.get("FCM_SERVICE_ACCOUNT"),
      // Read only to say what replaces it.
      FCM_SERVER_KEY: Deno.env.get("FCM_SERVER_KEY"),
      FCM_ENDPOINT: Deno.env.get("FCM_ENDPOINT"),
    },
    fetch: globalThis.fetch,
    nowMs: Date.now,
    random: Math.random,
    newId: () => crypto.randomUUID(),
    log: jsonLog,
  }),
);
