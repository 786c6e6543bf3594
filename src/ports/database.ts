export type Query = <Row extends object>(sql: string, params?: readonly unknown[]) => Promise<readonly Row[]>;

export interface Attempt {
  readonly role: string;
  /** As PostgREST sets them (request.jwt.claims). */
  readonly claims: Readonly<Record<string, unknown>>;
  /** One statement, no parameters. */
  readonly sql: string;
}

/** Rows affected, or what refused it. */
export type AttemptOutcome =
  | { readonly rows: number }
  | { readonly sqlstate: string; readonly message: string };

export interface Rehearsal {
  readonly query: Query;
  /**
   * Runs SQL text (several statements allowed, no parameters) in a savepoint that is always taken back.
   * Answers the rows affected by the last statement, or the SQLSTATE that refused it.
   */
  attempt(sql: string): Promise<AttemptOutcome>;
  /** One statement each, as other roles, each taken back by itself; one round trip for all. In their order. */
  attemptAs(attempts: readonly Attempt[]): Promise<readonly AttemptOutcome[]>;
}

/** The target's database, for gates. */
export interface DatabaseReader {
  /** In a read-only transaction. */
  readonly query: Query;
  /** One transaction that is always rolled back: nothing of it remains. */
  rehearse<T>(work: (rehearsal: Rehearsal) => Promise<T>): Promise<T>;
}
