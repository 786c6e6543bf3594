export type Query = <Row extends object>(sql: string, params?: readonly unknown[]) => Promise<readonly Row[]>;

export interface Rehearsal {
  readonly query: Query;
  /**
   * Runs SQL text (several statements allowed, no parameters) in a savepoint that is always taken back.
   * Answers the rows affected by the last statement, or the SQLSTATE that refused it.
   */
  attempt(
    sql: string,
  ): Promise<{ readonly rows: number } | { readonly sqlstate: string; readonly message: string }>;
}

/** The target's database, for gates. */
export interface DatabaseReader {
  /** In a read-only transaction. */
  readonly query: Query;
  /** One transaction that is always rolled back: nothing of it remains. */
  rehearse<T>(work: (rehearsal: Rehearsal) => Promise<T>): Promise<T>;
}
