import type { Pool } from "pg";

export interface TablePrivileges {
  /** Whether row level security is switched on for the table. */
  readonly rowSecurity: boolean;
  /** Role → columns it may select; a role that may not use the schema, or a table that is gone, is absent. */
  readonly columnsByRole: ReadonlyMap<string, ReadonlySet<string>>;
}

export async function readPrivileges(
  pool: Pool,
  tableOid: number,
  roles: readonly string[],
): Promise<TablePrivileges> {
  const { rows } = await pool.query<{ role: string; row_security: boolean; columns: readonly string[] }>(
    `select r.rolname as role, c.relrowsecurity as row_security,
       coalesce(json_agg(a.attname) filter (where has_column_privilege(r.oid, c.oid, a.attnum, 'select')), '[]') as columns
     from pg_class c
     join pg_attribute a on a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped
     join pg_roles r on r.rolname = any($2::text[]) and has_schema_privilege(r.oid, c.relnamespace, 'usage')
     where c.oid = $1::oid
     group by r.rolname, c.relrowsecurity`,
    [tableOid, roles],
  );
  return {
    rowSecurity: rows.some((row) => row.row_security),
    columnsByRole: new Map(rows.map((row) => [row.role, new Set(row.columns)])),
  };
}
