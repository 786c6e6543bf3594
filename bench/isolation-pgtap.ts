/** Users A and B of the hand-written tests. */
const users = { a: "aaaaaaaa-0000-4000-8000-000000000001", b: "bbbbbbbb-0000-4000-8000-000000000001" };

const seedUsers = `insert into auth.users (id, email) values ('${users.a}', 'a@example.invalid'), ('${users.b}', 'b@example.invalid');`;

interface PgtapTable {
  readonly name: string;
  /** The table its rows lead to, when they have no owner of their own. */
  readonly parent: string | null;
}

export function listPgtapTables(tables: number): readonly PgtapTable[] {
  return Array.from({ length: tables }, (_, index) => ({
    name: tableName(index),
    parent: index % 10 === 9 ? tableName(index - 1) : null,
  }));
}

function tableName(index: number): string {
  return `t${String(index).padStart(4, "0")}`;
}

/** One transaction with the same cells that bee tries, as somebody would write them by hand. */
export function renderPgtap(tables: readonly PgtapTable[]): string {
  const parts = tables.map(renderTable);
  const needed = new Set(
    tables.flatMap(({ parent }) => parent ?? []).filter((name) => !tables.some((one) => one.name === name)),
  );
  const seeds = [...[...needed].map((name) => seedOf({ name, parent: null })), ...tables.map(seedOf)];
  return [
    "begin;",
    `select plan(${parts.reduce((sum, { count }) => sum + count, 0)});`,
    seedUsers,
    ...seeds,
    ...parts.map(({ sql }) => sql),
    "select * from finish();",
    "rollback;",
  ].join("\n");
}

function seedOf({ name, parent }: PgtapTable): string {
  return (["a", "b"] as const)
    .map((who) =>
      parent == null
        ? `insert into ${name} (id, user_id, title) values ('${rowId(who)}', '${users[who]}', 'x');`
        : `insert into ${name} (parent_id, body) values ('${rowId(who)}', '${who}');`,
    )
    .join("\n");
}

function rowId(who: "a" | "b"): string {
  return `${who.repeat(8)}-0000-4000-8000-00000000000f`;
}

function renderTable({ name, parent }: PgtapTable): { readonly sql: string; readonly count: number } {
  const theirs = parent == null ? `id = '${rowId("b")}'` : `parent_id = '${rowId("b")}'`;
  const insert =
    parent == null
      ? `insert into ${name} (user_id, title) values ('${users.b}', 'x')`
      : `insert into ${name} (parent_id, body) values ('${rowId("b")}', 'x')`;
  const move =
    parent == null
      ? `update ${name} set user_id = '${users.b}'`
      : `update ${name} set parent_id = '${rowId("b")}'`;
  const column = parent == null ? "title" : "body";
  const statements = [
    `select 1 from ${name} where ${theirs}`,
    insert,
    `update ${name} set ${column} = 'y'`,
    `update ${name} set ${column} = 'y' where ${theirs}`,
    `delete from ${name}`,
    `delete from ${name} where ${theirs}`,
  ];
  const lines = [
    become("anon", null),
    ...statements.map((statement) => `select throws_ok($q$${statement}$q$, '42501');`),
    become("authenticated", users.a),
    `select is_empty($q$select 1 from ${name} where ${theirs}$q$);`,
    `select throws_ok($q$${insert}$q$, '42501');`,
    `select throws_ok($q$${move}$q$, '42501');`,
    blind(`update ${name} set ${column} = 'y'`, name, `${theirs} and ${column} <> 'y'`),
    `select is_empty($q$update ${name} set ${column} = 'y' where ${theirs} returning 1$q$);`,
    blind(`delete from ${name}`, name, theirs),
    `select is_empty($q$delete from ${name} where ${theirs} returning 1$q$);`,
    become("authenticated", users.b),
    `select isnt_empty($q$select 1 from ${name} where ${theirs}$q$);`,
    become("service_role", null),
    `select isnt_empty($q$select 1 from ${name} where ${theirs}$q$);`,
    "reset role;",
  ];
  return {
    sql: lines.join("\n"),
    count: lines.filter((line) => /^select (throws|is|isnt)/.test(line)).length + 2,
  };
}

/** A statement without WHERE, then what became of B's row, then back. */
function blind(statement: string, table: string, theirs: string): string {
  return `savepoint s; ${statement}; reset role;
select isnt_empty($q$select 1 from ${table} where ${theirs}$q$);
rollback to savepoint s; release savepoint s; set local role authenticated;`;
}

function become(role: string, user: string | null): string {
  const claims = JSON.stringify(user == null ? { role } : { sub: user, role });
  return `reset role; select set_config('request.jwt.claims', '${claims}', true); set local role ${role};`;
}
