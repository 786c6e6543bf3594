/** Roles that a request may come in as: PostgREST switches to one of them. */
export const apiRoles = ["anon", "authenticated", "service_role"] as const;
export type ApiRole = (typeof apiRoles)[number];

/** Table, partitioned table, view, materialised view, foreign table: pg_class.relkind. */
export type RelationKind = "r" | "p" | "v" | "m" | "f";

export interface AccessColumn {
  readonly num: number;
  readonly name: string;
  /** format_type of the column, with its modifier. */
  readonly type: string;
  /** The type below domains and arrays, without modifier. */
  readonly base: string;
  readonly array: boolean;
  readonly domain: string | null;
  readonly notNull: boolean;
  readonly hasDefault: boolean;
  /** nextval, identity: the database counts. */
  readonly serial: boolean;
  readonly identityAlways: boolean;
  readonly generated: boolean;
}

export interface AccessConstraint {
  readonly name: string;
  /** p primary key, u unique, f foreign key, c check, x exclusion. */
  readonly type: string;
  readonly columns: readonly number[];
  readonly target: number | null;
  readonly targetColumns: readonly number[];
  readonly deferrable: boolean;
  /** Of checks. */
  readonly text: string | null;
}

export interface AccessPolicy {
  readonly name: string;
  /** `*`, r, a, w, d: pg_policy.polcmd. */
  readonly command: string;
  readonly permissive: boolean;
  /** Empty = PUBLIC. */
  readonly roles: readonly string[];
  readonly using: string | null;
  readonly check: string | null;
}

/** Letters: r select, a insert, w update, d delete, D truncate. */
export type Grants = Readonly<Partial<Record<ApiRole, string>>>;

export interface AccessRelation {
  readonly oid: number;
  readonly schema: string;
  readonly name: string;
  /** Quoted as SQL needs it. */
  readonly sql: string;
  readonly kind: RelationKind;
  readonly exposed: boolean;
  readonly rls: boolean;
  readonly forced: boolean;
  readonly owner: string;
  /** Of partitions and inheritance children. */
  readonly parent: number | null;
  readonly isPartition: boolean;
  /** Of a partition its own bounds, of a partitioned table those of its partitions. */
  readonly bounds: readonly string[];
  /** Columns that choose the partition: of a partition those of the table it belongs to as well. */
  readonly partitionKey: readonly number[];
  /** Of views. */
  readonly invoker: boolean;
  readonly definition: string | null;
  /** Triggers of the app, not those of foreign keys. */
  readonly hasTriggers: boolean;
  readonly grants: Grants;
  /** Per role and letter the columns with a grant of their own; absent when there is none. */
  readonly columnGrants: Readonly<Partial<Record<ApiRole, Readonly<Record<string, readonly number[]>>>>>;
  readonly columns: readonly AccessColumn[];
  readonly constraints: readonly AccessConstraint[];
  readonly policies: readonly AccessPolicy[];
}

export interface AccessFunction {
  readonly oid: number;
  readonly schema: string;
  readonly name: string;
  readonly sql: string;
  readonly exposed: boolean;
  /** pg_get_function_identity_arguments. */
  readonly identity: string;
  readonly argNames: readonly string[];
  /** Input arguments. */
  readonly argTypes: readonly string[];
  readonly defaults: number;
  readonly variadic: boolean;
  readonly returns: string;
  readonly definer: boolean;
  readonly owner: string;
  readonly config: readonly string[];
  readonly volatility: string;
  readonly language: string;
  readonly source: string;
  readonly execute: readonly ApiRole[];
}

export interface AccessSequence {
  readonly schema: string;
  readonly sql: string;
  readonly exposed: boolean;
  /** Who may set it. */
  readonly update: readonly ApiRole[];
  /** The table whose column counts by it. */
  readonly table: number | null;
}

/** What decides who reaches which row, and what is needed to make rows. */
export interface AccessCatalog {
  readonly serverVersion: number;
  readonly login: string;
  readonly bypassesRls: boolean;
  readonly database: string;
  /** API roles that exist, and whether the login may become them. */
  readonly roles: Readonly<Partial<Record<ApiRole, boolean>>>;
  /** For how many tables at one time the server has room to lock them. */
  readonly tablesAtOnce: number;
  readonly hasUsers: boolean;
  readonly usersOid: number | null;
  readonly userColumns: readonly string[];
  readonly schemas: readonly string[];
  readonly missingSchemas: readonly string[];
  readonly schemaUsage: Readonly<Record<string, readonly ApiRole[]>>;
  readonly relations: readonly AccessRelation[];
  readonly functions: readonly AccessFunction[];
  readonly sequences: readonly AccessSequence[];
  /** Labels by type name. */
  readonly enums: Readonly<Record<string, readonly string[]>>;
  /** Checks by domain name. */
  readonly domains: Readonly<Record<string, readonly string[]>>;
}
