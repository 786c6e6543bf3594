import type { SqlFields } from "../../../plan/sql-tree.ts";
import { strings, text } from "../../sql-node.ts";

export interface Name {
  /** Null when unqualified. */
  readonly schema: string | null;
  readonly name: string;
}

/** Schemas that the platform or the server makes; what is in them is not for migrations to create. */
const platformSchemas =
  /^(auth|storage|realtime|_realtime|vault|extensions|cron|net|graphql|graphql_public|pgsodium|pgsodium_masks|pgbouncer|supabase_functions|supabase_migrations|information_schema|pg_.*|pgmq|pgmq_public|pgtle|_analytics|_supavisor|tiger|tiger_data|topology|partman|bee)$/;

export function isPlatformSchema(schema: string): boolean {
  return platformSchemas.test(schema);
}

export function rangeName(rangeVar: SqlFields): Name {
  const schema = text(rangeVar, "schemaname");
  return { schema: schema === "" ? null : schema, name: text(rangeVar, "relname") };
}

/** A list of String nodes, last one the name. */
export function listName(node: SqlFields, field: string): Name {
  return partsName(strings(node, field));
}

export function partsName(parts: readonly string[]): Name {
  return { schema: parts.at(-2) ?? null, name: parts.at(-1) ?? "" };
}

export function show({ schema, name }: Name): string {
  return schema == null ? name : `${schema}.${name}`;
}

/** Types of the server and of the extensions that Supabase offers, by their bare names. */
const builtinTypes = new Set(
  (
    "bool boolean bytea char bpchar varchar character name text citext int2 int4 int8 smallint integer int bigint " +
    "float4 float8 real double numeric decimal money date time timetz timestamp timestamptz interval uuid json " +
    "jsonb jsonpath xml bit varbit inet cidr macaddr macaddr8 point line lseg box path polygon circle tsvector " +
    "tsquery oid oidvector int2vector regclass regproc regprocedure regoper regoperator regtype regrole " +
    "regnamespace regconfig regdictionary regcollation xid xid8 cid tid pg_lsn pg_snapshot txid_snapshot refcursor " +
    "int4range int8range numrange tsrange tstzrange daterange int4multirange int8multirange nummultirange " +
    "tsmultirange tstzmultirange datemultirange record void trigger event_trigger any anyelement anyarray " +
    "anynonarray anyenum anyrange anymultirange anycompatible anycompatiblearray anycompatiblenonarray " +
    "anycompatiblerange anycompatiblemultirange cstring internal language_handler fdw_handler index_am_handler " +
    "table_am_handler tsm_handler unknown pg_ddl_command aclitem serial serial2 serial4 serial8 smallserial " +
    "bigserial vector halfvec sparsevec geometry geography box2d box3d raster topogeometry hstore ltree lquery " +
    "ltxtquery cube earth seg isbn isbn13 issn ean13 upc lo query_int semver agtype bson document topoelement " +
    "geometry_dump valid_detail http_request http_response http_header http_method key_status key_type"
  ).split(" "),
);

export function isBuiltinType(name: string): boolean {
  return builtinTypes.has(name) || name.startsWith("_") || name.startsWith("pg_");
}
