import { fitsAlgorithm, type Jwk, type ParsedJwt } from "./jwt.ts";
import { readLimited } from "./read-limited.ts";
import { unavailable } from "./refusal.ts";

interface KeySourceSpec {
  /** SUPABASE_JWKS: `{"keys":[…]}` or a bare list. Absent or unreadable: the address decides. */
  readonly given: string | undefined;
  /** The project's `/auth/v1/.well-known/jwks.json`. */
  readonly url: string;
  readonly fetch: typeof fetch;
  readonly nowMs: () => number;
}

interface KeySource {
  /** The key a token says it is signed with, or null. Refuses with 503 when no key set can be had. */
  find(jwt: ParsedJwt): Promise<Jwk | null>;
}

const freshMs = 600_000;
/** Strangers can invent key ids; each may not cost a request. */
const cooldownMs = 30_000;
const timeoutMs = 3000;

export function createKeySource(spec: KeySourceSpec): KeySource {
  let keys = parseKeySet(spec.given) ?? [];
  let readAtMs = keys.length > 0 ? Number.POSITIVE_INFINITY : Number.NEGATIVE_INFINITY;
  let askedAtMs = Number.NEGATIVE_INFINITY;
  let asking: Promise<void> | null = null;

  const ask = async () => {
    askedAtMs = spec.nowMs();
    // Not the caller's deadline: others wait for the same answer.
    const response = await spec.fetch(spec.url, { signal: AbortSignal.timeout(timeoutMs) });
    const read = response.ok ? parseKeySet(await readLimited(response, 65_536)) : null;
    if (read === null) throw new Error(`no key set, status ${response.status}`);
    keys = read;
    readAtMs = spec.nowMs();
  };
  const refresh = async () => {
    asking ??= ask().finally(() => {
      asking = null;
    });
    await asking.catch(() => {});
  };

  return {
    async find(jwt) {
      const known = choose(keys, jwt);
      const now = spec.nowMs();
      const isOld = now - readAtMs > freshMs;
      if ((known === null || isOld) && (asking !== null || now - askedAtMs > cooldownMs)) await refresh();
      const key = choose(keys, jwt);
      if (key === null && keys.length === 0) {
        throw unavailable("auth_unavailable", "Tokens cannot be verified at the moment");
      }
      return key;
    },
  };
}

function choose(keys: readonly Jwk[], jwt: ParsedJwt): Jwk | null {
  const fitting = keys.filter((key) => fitsAlgorithm(key, jwt.alg));
  if (jwt.kid === null) return fitting.length === 1 ? (fitting[0] ?? null) : null;
  return fitting.find((key) => key.kid === jwt.kid) ?? null;
}

function parseKeySet(text: string | undefined): readonly Jwk[] | null {
  if (text === undefined || text.trim() === "") return null;
  try {
    const value: unknown = JSON.parse(text);
    const list: unknown = Array.isArray(value) ? value : (value as { keys?: unknown } | null)?.keys;
    if (!Array.isArray(list)) return null;
    const isKey = (key: unknown): key is Jwk =>
      typeof key === "object" && key !== null && typeof (key as Jwk).kty === "string";
    return list.filter(isKey).slice(0, 20);
  } catch {
    return null;
  }
}
