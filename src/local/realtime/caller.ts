import type { Pool } from "pg";
import type { Claims } from "../identity.ts";

/** Whose eyes a subscription sees with: a database role and the claims policies read. */
export interface Caller {
  readonly role: string;
  /** The user's id; null for a key. */
  readonly subject: string | null;
  /** JSON of the claims, as PostgREST puts it into request.jwt.claims. */
  readonly claims: string;
  /** Seconds since the epoch; null for a key that does not expire. */
  readonly expiresAt: number | null;
}

export function assembleCaller(claims: Claims): Caller {
  return {
    role: claims.role,
    subject: claims.sub ?? null,
    claims: JSON.stringify(claims),
    expiresAt: claims.exp ?? null,
  };
}

/** Says whether a token may act as a role: one the API's login, `authenticator`, may become, as for PostgREST. */
export class RoleCheck {
  readonly #pool: Pool;
  readonly #allowed = new Set<string>();

  constructor(pool: Pool) {
    this.#pool = pool;
  }

  async allows(role: string): Promise<boolean> {
    if (this.#allowed.has(role)) return true;
    const { rowCount } = await this.#pool.query(
      "select 1 from pg_roles where rolname = $1 and not rolsuper and pg_has_role('authenticator', oid, 'member')",
      [role],
    );
    if (rowCount === 1) this.#allowed.add(role);
    return rowCount === 1;
  }
}
