import type { Catalog } from "../plan/catalog.ts";
import { assembleSampleTables, type SampleTable } from "../plan/down/sample-values.ts";
import type { ProbeRow } from "../ports/gate.ts";
import type { Shadow } from "../ports/shadow-database.ts";

/** Tables that hold rows now, and those for which no row could be invented. */
export interface Samples {
  readonly filled: readonly string[];
  readonly empty: readonly string[];
}

const users = [1, 2].map((n) => `00000000-0000-4000-9000-00000000000${n}`);
const mostAttempts = 60;

/**
 * Two rows per table where that can be done: those the configuration names, else invented ones that its constraints
 * let in. One names every column, the other as few as possible.
 */
export async function fillShadow(
  shadow: Shadow,
  catalog: Catalog,
  given: readonly ProbeRow[],
): Promise<Samples> {
  const [first, second] = users;
  await shadow.query(
    "insert into auth.users (id, email) select id::uuid, id || '@example.invalid' from unnest($1::text[]) as id on conflict do nothing",
    [[first, second]],
  );
  const filled: string[] = [];
  const empty: string[] = [];
  for (const table of assembleSampleTables(catalog)) {
    const before = await countRows(shadow, table.name);
    for (const row of given.filter((one) => qualify(one.table) === table.name))
      await insertGiven(shadow, table, row);
    await insertInvented(shadow, table, "full");
    await insertInvented(shadow, table, "sparse");
    const isFilled = before > 0 || (await countRows(shadow, table.name)) > 0;
    (isFilled ? filled : empty).push(table.name);
  }
  return { filled, empty };
}

async function countRows(shadow: Shadow, table: string): Promise<number> {
  const [row] = await shadow.query<{ rows: number }>(`select count(*)::int as rows from ${table}`);
  return row?.rows ?? 0;
}

function qualify(table: string): string {
  return table.includes(".") ? table : `public.${table}`;
}

async function insertGiven(shadow: Shadow, table: SampleTable, { values }: ProbeRow): Promise<void> {
  const named = Object.entries(values).map(([name, value]) => {
    const said = typeof value === "string" ? value.replaceAll("$user", users[0] ?? "") : value;
    return [name, typeof said === "object" && said != null ? JSON.stringify(said) : said] as const;
  });
  const owners = table.foreignKeys
    .filter(({ table: parent }) => parent === "auth.users")
    .flatMap(({ columns }) => columns);
  const all = new Map<string, unknown>([...owners.map((column) => [column, users[0]] as const), ...named]);
  await insert(shadow, table, all);
}

/** Tries values until the table takes the row; a check that refuses one makes the columns it names move on. */
async function insertInvented(shadow: Shadow, table: SampleTable, form: "full" | "sparse"): Promise<void> {
  const turns = new Map<string, number>(table.columns.map(({ name }) => [name, form === "full" ? 0 : 1]));
  for (let attempt = 0; attempt < mostAttempts; attempt += 1) {
    const parents = await readParents(shadow, table, form);
    const values = new Map<string, unknown>();
    for (const { name, candidates, optional, hasDefault } of table.columns) {
      const turn = turns.get(name) ?? 0;
      if (parents.has(name)) values.set(name, parents.get(name));
      else if (!(hasDefault && turn < 2) && !(form === "sparse" && optional)) {
        values.set(name, candidates[turn % Math.max(1, candidates.length)]);
      }
    }
    const refusal = await insert(shadow, table, values);
    if (refusal == null) return;
    const check = table.checks.get(refusal.constraint ?? "");
    const moved = table.columns.filter(({ name }) => check == null || check.includes(name));
    if (refusal.code !== "23514" && refusal.code !== "23505" && refusal.code !== "22P02") return;
    // One column at a time, so that combinations are tried and not the diagonal alone.
    const turned = moved[attempt % Math.max(1, moved.length)];
    if (turned != null) turns.set(turned.name, (turns.get(turned.name) ?? 0) + 1);
  }
}

interface Refusal {
  readonly code: string;
  readonly constraint?: string;
}

async function insert(
  shadow: Shadow,
  table: SampleTable,
  values: ReadonlyMap<string, unknown>,
): Promise<Refusal | null> {
  const columns = [...values.keys()];
  const types = columns.map((name) => table.columns.find((column) => column.name === name)?.type ?? "text");
  const places = types.map((type, index) => `$${index + 1}::text::${type}`);
  const row =
    columns.length === 0 ? "default values" : `(${columns.join(", ")}) values (${places.join(", ")})`;
  try {
    await shadow.query(
      `insert into ${table.name} ${row}`,
      [...values.values()].map((value) => (value == null ? null : String(value))),
    );
    return null;
  } catch (error) {
    const { code, constraint } = error as { code?: string; constraint?: string };
    return { code: code ?? "", ...(constraint == null ? {} : { constraint }) };
  }
}

/** Values of columns that point at other tables, from rows that are there. */
async function readParents(
  shadow: Shadow,
  table: SampleTable,
  form: "full" | "sparse",
): Promise<ReadonlyMap<string, string | null>> {
  const values = new Map<string, string | null>();
  for (const { columns, targets, table: parent } of table.foreignKeys) {
    const picked = targets.map((target) => `${target}::text`).join(", ");
    const rows = await shadow
      .query<Record<string, string>>(
        `select array[${picked}] as key from ${parent} order by 1 offset ${form === "full" ? 0 : 1} limit 1`,
      )
      .catch(() => []);
    const key = (rows[0] as unknown as { key: readonly string[] } | undefined)?.key;
    for (const [index, column] of columns.entries()) values.set(column, key?.[index] ?? null);
  }
  return values;
}
