/** One column of a snapshot, with its place in the arrays of values. */
export interface SnapshotColumn {
  /** In SQL spelling. */
  readonly name: string;
  readonly type: string;
}

export interface SnapshotTable {
  readonly name: string;
  readonly rows: number;
  readonly columns: readonly SnapshotColumn[];
  /** Columns of the primary key; empty when there is none, and the whole row is its own key. */
  readonly key: readonly string[];
  /** Columns the migration dropped; null before that is known. */
  readonly gone: readonly string[] | null;
}

/** Belongs to bee's schema: no API role has any right there. Repeatable. */
export const snapshotSchemaSql = `
create table if not exists bee.snapshots (
  id bigint generated always as identity primary key,
  label text not null,
  taken_at timestamptz not null default now(),
  closed_at timestamptz,
  merged_at timestamptz,
  bytes bigint not null,
  tables jsonb not null
);
alter table bee.snapshots add column if not exists merged_at timestamptz;
create table if not exists bee.snapshot_rows (
  snapshot bigint not null references bee.snapshots (id) on delete cascade,
  relation text not null,
  key text[] not null,
  -- As it was before; null for a row that the migration added.
  before text[],
  -- As the migration left it; null when it deleted the row or left it alone.
  after text[],
  effect text not null default 'none' check (effect in ('none', 'changed', 'deleted', 'added')),
  refused text,
  primary key (snapshot, relation, key)
);
alter table bee.snapshots enable row level security;
alter table bee.snapshot_rows enable row level security;
do $$ declare grantee text; begin
  foreach grantee in array array['public', 'anon', 'authenticated', 'service_role'] loop
    continue when grantee <> 'public' and not exists (select from pg_roles where rolname = grantee);
    execute format('revoke all on bee.snapshots, bee.snapshot_rows from %s', grantee);
  end loop;
end $$`;

/** Texts that every server reads back to the same value. */
export const exactTextSql =
  "set local datestyle = 'ISO'; set local intervalstyle = 'postgres'; set local extra_float_digits = 1; set local bytea_output = 'hex'; set local timezone = 'UTC'";

/** Tables with columns and primary key; those that do not exist are missing from the answer. */
export const describeSql = `
select wanted.name, pg_table_size(c.oid)::text as bytes,
  (select json_agg(json_build_object('name', quote_ident(a.attname), 'type', format_type(a.atttypid, a.atttypmod)) order by a.attnum)
    from pg_attribute a where a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped and a.attgenerated = '') as columns,
  coalesce((select json_agg(quote_ident(a.attname) order by array_position(i.indkey::int[], a.attnum::int)) from pg_index i
    join pg_attribute a on a.attrelid = c.oid and a.attnum = any (i.indkey) where i.indrelid = c.oid and i.indisprimary), '[]') as key
from unnest($1::text[]) as wanted (name) join pg_class c on c.oid = to_regclass(wanted.name) and c.relkind in ('r', 'p')`;

const text = (columns: readonly string[], from = "t"): string =>
  columns.length === 0
    ? "'{}'::text[]"
    : `array[${columns.map((column) => `${from}.${column}::text`).join(", ")}]`;

/** Rows as (key, values): without a primary key the row itself, numbered among its equals. */
function renderRows({ name, key, columns }: SnapshotTable, present: readonly string[]): string {
  const values = columns.map((column) => (present.includes(column.name) ? `t.${column.name}::text` : "null"));
  const row = values.length === 0 ? "'{}'::text[]" : `array[${values.join(", ")}]::text[]`;
  if (key.length > 0) return `select ${text(key)} as key, ${row} as row from ${name} t`;
  return `select array_append(row, row_number() over (partition by row)::text) as key, row from (select ${row} as row from ${name} t) as plain`;
}

export function renderTake(id: number, table: SnapshotTable): string {
  const rows = renderRows(
    table,
    table.columns.map(({ name }) => name),
  );
  return `insert into bee.snapshot_rows (snapshot, relation, key, before)
select ${id}, ${quote(table.name)}, key, row from (${rows}) as t`;
}

/** What the migration did to a table: `present` are its columns afterwards. */
export function renderClose(id: number, table: SnapshotTable, present: readonly string[]): string {
  const compared = table.columns.flatMap(({ name }, index) => (present.includes(name) ? [index + 1] : []));
  const pick = (row: string): string =>
    `array[${compared.map((place) => `${row}[${place}]`).join(", ")}]::text[]`;
  const at = `s.snapshot = ${id} and s.relation = ${quote(table.name)}`;
  return `create temporary table bee_now on commit drop as ${renderRows(table, present)};
create index on bee_now (key);
update bee.snapshot_rows s set effect = 'changed', after = n.row from bee_now n
where ${at} and n.key = s.key and ${pick("s.before")} is distinct from ${pick("n.row")};
update bee.snapshot_rows s set effect = 'deleted' where ${at} and not exists (select from bee_now n where n.key = s.key);
insert into bee.snapshot_rows (snapshot, relation, key, after, effect)
select ${id}, ${quote(table.name)}, n.key, n.row, 'added' from bee_now n
where not exists (select from bee.snapshot_rows s where ${at} and s.key = n.key);
drop table bee_now`;
}

export function renderCloseGone(id: number, table: SnapshotTable): string {
  return `update bee.snapshot_rows set effect = 'deleted' where snapshot = ${id} and relation = ${quote(table.name)}`;
}

/** Rows as they are now beside those of the snapshot, for the statements of a merge. */
export function renderNow(table: SnapshotTable, present: readonly string[]): string {
  return `create temporary table bee_now on commit drop as ${renderRows(table, present)}; create index on bee_now (key); analyze bee_now`;
}

interface MergeSql {
  readonly count: string;
  readonly update: string | null;
  readonly insert: string;
  readonly insertEach: string;
}

/** `present`: column → type, as the table is now. `closed`: it is known what the migration did. */
export function renderMerge(
  id: number,
  table: SnapshotTable,
  present: ReadonlyMap<string, string>,
  closed: boolean,
): MergeSql {
  const relation = quote(table.name);
  const at = `s.snapshot = ${id} and s.relation = ${relation}`;
  const places = table.columns.flatMap(({ name }, index) => {
    const type = present.get(name);
    return type == null ? [] : [{ name, type, place: index + 1, gone: table.gone?.includes(name) ?? false }];
  });
  const deleted = closed ? "s.effect = 'deleted'" : "s.effect in ('none', 'deleted')";
  const own = (place: number, gone: boolean): string =>
    // A column the migration dropped holds nobody's value yet.
    gone
      ? `n.row[${place}] is distinct from s.before[${place}]`
      : `s.effect = 'changed' and s.before[${place}] is distinct from s.after[${place}] and n.row[${place}] is not distinct from s.after[${place}]`;
  const disputed = places.map(({ place, gone }) =>
    gone
      ? "false"
      : `(s.effect = 'changed' and s.before[${place}] is distinct from s.after[${place}] and n.row[${place}] is distinct from s.after[${place}] and n.row[${place}] is distinct from s.before[${place}])`,
  );
  const mine = places.map(({ place, gone }) => `(${own(place, gone)})`);
  const sets = places
    .filter(({ name }) => !table.key.includes(name))
    .map(
      ({ name, type, place, gone }) =>
        `${name} = case when ${own(place, gone)} then s.before[${place}]::${type} else t.${name} end`,
    );
  const keyMatch = table.key.map((column, index) => `t.${column}::text = s.key[${index + 1}]`).join(" and ");
  const names = places.map(({ name }) => name).join(", ");
  const values = (row: string): string =>
    places.map(({ type, place }) => `${row}.before[${place}]::${type}`).join(", ");
  const missing = `from bee.snapshot_rows s where ${at} and s.before is not null and ${deleted} and not exists (select from bee_now n where n.key = s.key)`;
  return {
    count: `select (select count(*) from bee_now)::int as now,
count(*) filter (where n.key is not null and (${mine.join(" or ") || "false"}))::int as taken_back,
count(*) filter (where n.key is not null and ((${disputed.join(" or ") || "false"}) or (s.effect = 'deleted' and n.row is distinct from s.before)))::int as disputed,
count(*) filter (where n.key is null and s.before is not null and not (${deleted}))::int as deleted_since,
count(*) filter (where n.key is not null and s.effect = 'added')::int as added
from bee.snapshot_rows s left join bee_now n on n.key = s.key where ${at}`,
    update:
      sets.length === 0 || table.key.length === 0
        ? null
        : `update ${table.name} t set ${sets.join(", ")} from bee.snapshot_rows s, bee_now n
where ${at} and n.key = s.key and ${keyMatch} and (${mine.join(" or ")})`,
    insert: `insert into ${table.name} (${names}) overriding system value select ${values("s")} ${missing}`,
    insertEach: `do $bee$ declare lost bee.snapshot_rows; begin
for lost in select s.* ${missing} loop
  begin
    insert into ${table.name} (${names}) overriding system value values (${values("lost")});
  exception when integrity_constraint_violation or invalid_text_representation then
    update bee.snapshot_rows r set refused = sqlerrm where r.snapshot = lost.snapshot and r.relation = lost.relation and r.key = lost.key;
  end;
end loop; end $bee$`,
  };
}

/** Sequences behind columns go on after the highest value there is. */
export const advanceSequencesSql = `
select format('select setval(%L, greatest((select coalesce(max(%s), 1) from %s), (select last_value from %s)))',
  pg_get_serial_sequence($1, a.attname), quote_ident(a.attname), $1, pg_get_serial_sequence($1, a.attname)) as sql
from pg_attribute a where a.attrelid = to_regclass($1) and a.attnum > 0 and not a.attisdropped
  and pg_get_serial_sequence($1, a.attname) is not null`;

/** The table's own triggers that fire as a rule: restored rows are not new events. */
export const triggersSql = `
select quote_ident(tgname) as name from pg_trigger where tgrelid = to_regclass($1) and not tgisinternal and tgenabled = 'O'`;

function quote(text: string): string {
  return `'${text.replaceAll("'", "''")}'`;
}
