export interface OwnedTable {
  readonly schema: string;
  readonly table: string;
  /** The column that refers to auth.users. */
  readonly owner: string;
}

export interface Persona {
  readonly name: string;
  readonly role: "anon" | "authenticated";
  readonly claims: Readonly<Record<string, string>>;
}

export interface Intrusion {
  readonly verb: "select" | "update" | "delete" | "insert" | "hand over";
  readonly statement: string;
}

/** Every way in to the victim's rows of one table. */
export function assembleIntrusions(
  table: OwnedTable,
  intruder: string,
  victim: string,
): readonly Intrusion[] {
  const name = `${identifier(table.schema)}.${identifier(table.table)}`;
  const owner = identifier(table.owner);
  const theirs = `${owner} = ${literal(victim)}`;
  const statements = [
    ["select", `select 1 from ${name} where ${theirs}`],
    ["update", `update ${name} set ${owner} = ${owner} where ${theirs}`],
    ["delete", `delete from ${name} where ${theirs}`],
    ["insert", `insert into ${name} (${owner}) values (${literal(victim)})`],
    ["hand over", `update ${name} set ${owner} = ${literal(victim)} where ${owner} = ${literal(intruder)}`],
  ] as const;
  return statements.map(([verb, statement]) => ({ verb, statement }));
}

/** An insert of one row; `$user` inside text values stands for the owner. */
export function assembleSeed(table: string, values: Readonly<Record<string, unknown>>, user = ""): string {
  const name = table.split(".").map(identifier).join(".");
  const filled = Object.fromEntries(
    Object.entries(values).map(([column, value]) => [
      column,
      typeof value === "string" ? value.replaceAll("$user", user) : value,
    ]),
  );
  const columns = Object.keys(filled).map(identifier).join(", ");
  return `insert into ${name} (${columns}) select ${columns} from jsonb_populate_record(null::${name}, ${literal(JSON.stringify(filled))}::jsonb)`;
}

/** A name as SQL. */
export function identifier(name: string): string {
  return `"${name.replaceAll('"', '""')}"`;
}

/** A text as SQL. */
export function literal(text: string): string {
  return `'${text.replaceAll("'", "''")}'`;
}
