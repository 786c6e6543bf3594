import { readdirSync, readFileSync } from "node:fs";
import pg from "pg";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { accessLints } from "../../src/gates/access-lints.ts";
import { readAccessFindings } from "../../src/gates/access-sound.ts";
import { startTestPostgres, type TestPostgres } from "../support/postgres.ts";

const sqlDir = new URL("../../src/gates/sql/", import.meta.url);
const files = readdirSync(sqlDir).filter((name) => /^01\d\d_/.test(name));

const docs = readFileSync(new URL("../../docs/access-lints.md", import.meta.url), "utf8");

let postgres: TestPostgres;
let client: pg.Client;
beforeAll(async () => {
  postgres = await startTestPostgres();
  client = new pg.Client({ connectionString: (await postgres.createDatabase()).adminUrl });
  await client.connect();
});
afterAll(async () => {
  await client.end();
  await postgres.stop();
});

interface Fixture {
  readonly sql: string;
  /** Values of a header key: `-- subject: …`, `-- also: …`, `-- as: superuser`, `-- exposed: …`. */
  header(key: string): readonly string[];
}

function readFixture(name: string): Fixture {
  const sql = readFileSync(new URL(`fixtures/${name}.sql`, sqlDir), "utf8");
  return {
    sql,
    header: (key) => [...sql.matchAll(new RegExp(`^-- ${key}: (.+)$`, "gm"))].map((match) => match[1] ?? ""),
  };
}

/** In a transaction that is rolled back: the fixture, then the lints as `reader`. Answers `rule subject severity`. */
async function lint({ sql, header }: Fixture, reader: "postgres" | "supabase_admin"): Promise<string[]> {
  await client.query("begin");
  try {
    const author = header("as")[0] === "superuser" ? "supabase_admin" : "postgres";
    await client.query(`set local session authorization ${author}`);
    await client.query(sql);
    await client.query(`set local session authorization ${reader}`);
    const exposed = header("exposed")[0]?.split(", ") ?? ["public"];
    const { findings } = await readAccessFindings(async (text, params) => {
      return (await client.query(text, params as unknown[])).rows;
    }, exposed);
    return findings.map(({ rule, subject, severity }) => `${rule} ${severity} ${subject}`).sort();
  } finally {
    await client.query("rollback");
  }
}

describe.each(files)("%s", (file) => {
  const name = file.replace(/\.sql$/, "");
  const rule = name.slice(5).replaceAll("_", "-");

  it("is among the lints and in the documentation", () => {
    expect(accessLints.map((lint) => lint.rule)).toContain(rule);
    expect(docs).toContain(`| \`${rule}\` |`);
  });

  it.each(["postgres", "supabase_admin"] as const)("finds what is flawed, no more, as %s", async (reader) => {
    const fixture = readFixture(`${name}.bad`);
    const found = await lint(fixture, reader);
    const rules = new Set(found.map((line) => line.split(" ")[0]));
    expect([...rules].sort()).toEqual([rule, ...fixture.header("also")].sort());
    const subjects = found
      .filter((line) => line.startsWith(`${rule} `))
      .map((line) => line.replace(/^\S+ \S+ /, ""))
      .sort();
    expect(subjects).toEqual(fixture.header("subject").toSorted());
  });

  it.each(["postgres", "supabase_admin"] as const)("is silent on the fixed schema, as %s", async (reader) => {
    const fixture = readFixture(`${name}.fixed`);
    const found = await lint(fixture, reader);
    const notes = found.filter((line) => fixture.header("also").some((also) => line.startsWith(`${also} `)));
    expect(found).toEqual(notes);
    expect(notes.filter((line) => line.startsWith(`${rule} `) && !line.startsWith(`${rule} info `))).toEqual(
      [],
    );
  });
});
