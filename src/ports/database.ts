/** Reads from the target's database, each query in a read-only transaction. */
export interface DatabaseReader {
  query<Row extends object>(sql: string, params?: readonly unknown[]): Promise<readonly Row[]>;
}
