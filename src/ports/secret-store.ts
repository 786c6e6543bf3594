import type { Secret } from "../core/secret.ts";

/** The function secrets of a project. The platform returns digests, never values. */
export interface SecretStore {
  /** name → hex sha256 of the value. Includes the platform's own SUPABASE_* names. */
  readDigests(): Promise<ReadonlyMap<string, string>>;
  /** All in one request; the caller reads the digests back. */
  set(values: ReadonlyMap<string, Secret>): Promise<void>;
  unset(names: readonly string[]): Promise<void>;
}
