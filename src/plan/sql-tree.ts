/** A node's fields as libpg_query 18 gives them in JSON (pg_query's protobuf names). */
export type SqlFields = Readonly<Record<string, unknown>>;

/** One statement, parsed by the server's own grammar. */
export interface SqlTree {
  /** The node's name, such as `CreateStmt`. */
  readonly kind: string;
  readonly fields: SqlFields;
  /** Its text, without the comments before it. */
  readonly sql: string;
  /** 0-based offset of its first word in the file, in UTF-16 units. */
  readonly offset: number;
  /** Of a function or DO block whose code is a text. */
  readonly body: SqlBody | null;
  /** The variable of PL/pgSQL that is given what the statement answers. */
  readonly assigns: string | null;
  /** Offset in the file of a node's `location`. */
  readonly place: (location: unknown) => number;
}

/** The code of a function or DO block. */
export interface SqlBody {
  readonly language: string;
  readonly text: string;
  readonly offset: number;
  /** Statements and expressions in it; null when it was not understood. */
  readonly statements: readonly SqlTree[] | null;
  /** Lower-case names of its variables and arguments, which may stand where columns do. */
  readonly variables: readonly string[];
  /** It runs SQL it puts together, so what it does is not known. */
  readonly dynamic: boolean;
  /** Why the server would refuse it, whatever there is in the database. */
  readonly error: SqlSyntaxError | null;
}

export interface SqlSyntaxError {
  readonly message: string;
  /** In the file, as above. */
  readonly offset: number;
  readonly sql: string;
}

/** A file's statements in order; those that do not parse are left out of `trees` and named. */
export interface ParsedSql {
  readonly trees: readonly SqlTree[];
  readonly errors: readonly SqlSyntaxError[];
}

export type ParseSql = (file: {
  readonly statements: readonly { readonly sql: string; readonly offset: number }[];
}) => ParsedSql;
