/** What hosted edge functions find in their environment without anybody setting it (docs: Edge Functions, secrets). */
const provided = new Set([
  "SUPABASE_URL",
  "SUPABASE_ANON_KEY",
  "SUPABASE_SERVICE_ROLE_KEY",
  "SUPABASE_DB_URL",
  "SUPABASE_PUBLISHABLE_KEYS",
  "SUPABASE_SECRET_KEYS",
  "SUPABASE_JWKS",
  "SB_REGION",
  "SB_EXECUTION_ID",
  "DENO_REGION",
  "DENO_DEPLOYMENT_ID",
]);

/** The operating system's, and those of local tools. */
const ambient =
  /^(PATH|HOME|PWD|USER|SHELL|LANG|TZ|TMPDIR|HOSTNAME|PORT|CI|NODE_ENV|DENO_ENV|DENO_DIR|DENO_TLS_CA_STORE|NO_COLOR)$/;

export function isProvided(name: string): boolean {
  return provided.has(name) || ambient.test(name);
}

export const providedNames: readonly string[] = [...provided];
