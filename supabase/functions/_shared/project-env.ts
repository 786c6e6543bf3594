import { notConfigured } from "./refusal.ts";

/** What the platform sets for every function. Each is absent on some kinds of project. */
export interface ProjectEnv {
  readonly SUPABASE_URL: string | undefined;
  readonly SUPABASE_ANON_KEY: string | undefined;
  readonly SUPABASE_SERVICE_ROLE_KEY: string | undefined;
  /** JSON objects, name → key; they replace the two above. */
  readonly SUPABASE_PUBLISHABLE_KEYS: string | undefined;
  readonly SUPABASE_SECRET_KEYS: string | undefined;
  readonly SUPABASE_JWKS: string | undefined;
}

export interface Project {
  /** Without a slash at the end. */
  readonly url: string;
  readonly serviceKeys: readonly string[];
  readonly publicKey: string | null;
  /** How this function shows itself to PostgREST as the service. */
  readonly serviceHeaders: Readonly<Record<string, string>>;
  readonly jwks: string | undefined;
}

/** Refuses with 503 naming the secret that is missing or unusable. */
export function readProject(env: ProjectEnv): Project {
  const url = env.SUPABASE_URL?.replace(/\/+$/, "") ?? "";
  if (!/^https?:\/\/[^/?#@]+$/.test(url)) {
    throw notConfigured("The secret SUPABASE_URL is missing or no project URL");
  }
  const secret = readNamedKeys("SUPABASE_SECRET_KEYS", env.SUPABASE_SECRET_KEYS);
  const publishable = readNamedKeys("SUPABASE_PUBLISHABLE_KEYS", env.SUPABASE_PUBLISHABLE_KEYS);
  const legacy = env.SUPABASE_SERVICE_ROLE_KEY?.trim() ?? "";
  const newest = secret[0];
  if (newest === undefined && legacy === "") {
    throw notConfigured("The secrets SUPABASE_SECRET_KEYS and SUPABASE_SERVICE_ROLE_KEY are both missing");
  }
  return {
    url,
    serviceKeys: legacy === "" ? secret : [...secret, legacy],
    publicKey: publishable[0] ?? (env.SUPABASE_ANON_KEY?.trim() || null),
    // The new keys are no JWTs and go into `apikey` alone; legacy ones can be switched off at any time.
    serviceHeaders:
      newest === undefined ? { apikey: legacy, authorization: `Bearer ${legacy}` } : { apikey: newest },
    jwks: env.SUPABASE_JWKS,
  };
}

function readNamedKeys(name: string, text: string | undefined): readonly string[] {
  if (text === undefined || text.trim() === "") return [];
  try {
    const value: unknown = JSON.parse(text);
    const entries = typeof value === "object" && value !== null ? Object.entries(value) : [];
    const named = entries.filter((entry): entry is [string, string] => typeof entry[1] === "string");
    const [first, rest] = [
      named.filter(([key]) => key === "default"),
      named.filter(([key]) => key !== "default"),
    ];
    return [...first, ...rest].map(([, key]) => key).filter((key) => key.length >= 16);
  } catch {
    throw notConfigured(`The secret ${name} is not the JSON object of keys it should be`);
  }
}
