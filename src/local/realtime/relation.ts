import type { Pool } from "pg";
import type { Pgoutput } from "pg-logical-replication";

export interface Column {
  readonly name: string;
  /** SQL name to cast to, without a length: `numeric`, `"bit"`, `shop.colour`. */
  readonly sqlType: string;
  /** Name in pg_type, which clients convert values by: `int4`, `_text`. */
  readonly typeName: string;
}

/** A table as a change of it was decoded. */
export interface Relation {
  readonly oid: number;
  readonly schema: string;
  readonly name: string;
  readonly columns: readonly Column[];
  /** Columns of the primary key; none when the table has none or is gone. */
  readonly primaryKey: readonly string[];
}

const unknownType = { sqlType: "text", typeName: "text" };

/** Types and key of a relation the WAL names by oids. One query; callers keep the answer per relation message. */
export async function readRelation(pool: Pool, message: Pgoutput.MessageRelation): Promise<Relation> {
  const oid = message.relationOid >>> 0;
  const typeOids = message.columns.map((column) => column.typeOid >>> 0);
  const { rows } = await pool.query<{
    types: readonly { sqlType: string; typeName: string }[];
    primary_key: readonly string[];
  }>(describeQuery, [typeOids, oid]);
  const types = new Map(rows[0]?.types.map((type, index) => [typeOids[index], type]));
  return {
    oid,
    schema: message.schema,
    name: message.name,
    columns: message.columns.map((column) => ({
      name: column.name,
      ...(types.get(column.typeOid >>> 0) ?? unknownType),
    })),
    primaryKey: rows[0]?.primary_key ?? [],
  };
}

const describeQuery = `
  select
    (select coalesce(json_agg(
        case when t.oid is null then null
        else json_build_object('sqlType', format_type(t.oid, -1), 'typeName', t.typname) end
        order by o.position), '[]')
     from unnest($1::oid[]) with ordinality o(oid, position) left join pg_type t on t.oid = o.oid) as types,
    (select coalesce(json_agg(a.attname order by array_position(i.indkey::int2[], a.attnum)), '[]')
     from pg_index i join pg_attribute a on a.attrelid = i.indrelid and a.attnum = any(i.indkey)
     where i.indrelid = $2::oid and i.indisprimary) as primary_key`;
