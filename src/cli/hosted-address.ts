import type { Config } from "../config/schema.ts";
import { BeeError } from "../core/bee-error.ts";
import { exitCodes } from "../core/exit-code.ts";
import { Secret } from "../core/secret.ts";

export interface HostedAddress {
  readonly ref: string;
  readonly url: string;
  readonly apiUrl: string;
  readonly accessToken: Secret;
  readonly databaseUrl: Secret;
}

/** A hosted project from config and environment; every missing piece is named at once. */
export function findHostedTarget(
  config: Config,
  name: "staging" | "production",
  env: NodeJS.ProcessEnv,
): { readonly address: HostedAddress; readonly guarded: boolean } {
  const target = config.targets[name];
  const prefix = `BEE_${name.toUpperCase()}`;
  const ref = env[`${prefix}_REF`] ?? target?.ref;
  const token = env["SUPABASE_ACCESS_TOKEN"];
  const databaseUrl = env[`${prefix}_DB_URL`] ?? directUrl(ref, env["SUPABASE_DB_PASSWORD"]);
  const missing = [
    ref == null ? `the project ref: targets.${name}.ref in bee.config.yaml, or ${prefix}_REF` : null,
    token == null ? "a personal access token: SUPABASE_ACCESS_TOKEN" : null,
    databaseUrl == null
      ? `the database: ${prefix}_DB_URL (session pooler, port 5432), or SUPABASE_DB_PASSWORD`
      : null,
  ].filter((line) => line != null);
  if (ref == null || token == null || databaseUrl == null) throw incomplete(name, missing);
  return {
    guarded: target?.protected ?? true,
    address: {
      ref,
      url: target?.url ?? `https://${ref}.supabase.co`,
      apiUrl: target?.apiUrl ?? "https://api.supabase.com",
      accessToken: new Secret(token),
      databaseUrl: new Secret(databaseUrl),
    },
  };
}

function directUrl(ref: string | undefined, password: string | undefined): string | null {
  if (ref == null || password == null) return null;
  return `postgresql://postgres:${encodeURIComponent(password)}@db.${ref}.supabase.co:5432/postgres`;
}

function incomplete(name: string, missing: readonly string[]): BeeError {
  return new BeeError({
    code: "BEE-E107",
    message: `The target ${name} is not described completely.`,
    detail: missing.map((line) => `missing ${line}`).join("\n"),
    hint: "Set what is missing in the environment (never on the command line), then try again.",
    exit: exitCodes.usage,
  });
}
