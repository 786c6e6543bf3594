import { mkdtemp, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { query } from "../../tests/support/database-content.ts";
import { startTestPostgres, type TestPostgres } from "../../tests/support/postgres.ts";
import {
  findSystemPostgres,
  type SystemPostgres,
  startSystemPostgres,
} from "../../tests/support/system-postgres.ts";
import { failureOf } from "../../tests/support/target.ts";
import { Secret } from "../core/secret.ts";
import { createInvocationRunner } from "./invocation.ts";
import { type DumpAddress, dumpDatabase, readDumpMajor, restoreDump } from "./pg-dump.ts";

const system = findSystemPostgres();
const run = createInvocationRunner({ env: process.env });
let dir: string;
let embedded: TestPostgres;
let older: SystemPostgres;

beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), "bee-dump-"));
  embedded = await startTestPostgres();
  if (system != null) older = await startSystemPostgres(system.bin);
}, 120_000);
afterAll(async () => {
  await embedded.stop();
  if (system != null) await older.stop();
  await rm(dir, { recursive: true, force: true });
});

function address(port: number, password: string, major: number): DumpAddress {
  return {
    host: "127.0.0.1",
    port,
    user: "postgres",
    password: new Secret(password),
    database: "postgres",
    loopback: true,
    major,
  };
}

/** Needs client programs and a server of the same version, as a distribution has them. */
describe.skipIf(system == null)("a dump by pg_dump", () => {
  const major = system?.major ?? 0;

  it("brings its schemas back as they were, in one transaction", async () => {
    await query(
      older.url,
      `create table public.notes (id int primary key, title text); alter table public.notes enable row level security;
grant select on public.notes to authenticated; create policy p on public.notes for select to authenticated using (true);
insert into public.notes select n, 'note' from generate_series(1, 100) n`,
    );
    const file = join(dir, "one.dump");
    const input = { run, address: address(older.port, older.password, major), file };
    const dump = await dumpDatabase({ ...input, schemas: ["public"] });
    expect(dump.bytes).toBe((await stat(file)).size);
    expect((await stat(file)).mode & 0o777).toBe(0o600);
    expect(await readDumpMajor(run, file)).toBe(major);

    await query(
      older.url,
      "delete from public.notes where id > 10; drop policy p on public.notes; update public.notes set title = 'x'",
    );
    await restoreDump(input);
    expect(
      await query(older.url, "select count(*)::int as rows, min(title) as title from public.notes"),
    ).toEqual([{ rows: 100, title: "note" }]);
    expect(await query(older.url, "select polname from pg_policy")).toEqual([{ polname: "p" }]);

    // A view that the dump does not know stands in the way: nothing of the restore may stay.
    await query(
      older.url,
      "create schema other; create view other.v as select id from public.notes; delete from public.notes",
    );
    expect(await failureOf(restoreDump(input))).toMatchObject({
      code: "BEE-E364",
      exit: 10,
      detail: expect.stringContaining("Everything was taken back"),
    });
    expect(await query(older.url, "select count(*)::int as rows from public.notes")).toEqual([{ rows: 0 }]);
  });

  it("is refused for a newer server, a dump of another version, and what is no dump", async () => {
    const newer = address(embedded.port, embedded.password, 17);
    expect(
      await failureOf(dumpDatabase({ run, address: newer, schemas: ["public"], file: join(dir, "no.dump") })),
    ).toMatchObject({
      code: "BEE-E362",
      message: `pg_dump here is version ${major}, the server is Postgres 17: it refuses newer servers`,
    });
    expect(await failureOf(restoreDump({ run, address: newer, file: join(dir, "one.dump") }))).toMatchObject({
      code: "BEE-E363",
      exit: 3,
      message: expect.stringContaining(`is a dump of Postgres ${major} and is not restored into Postgres 17`),
    });
    await writeFile(join(dir, "text"), "drop table everything;");
    expect(await failureOf(restoreDump({ run, address: newer, file: join(dir, "text") }))).toMatchObject({
      code: "BEE-E362",
      message: expect.stringContaining("is no dump"),
    });
  });

  it("is not attempted without the program", async () => {
    const nowhere = createInvocationRunner({ env: { PATH: dir } });
    const input = { run: nowhere, address: address(1, "x", 15), schemas: [], file: join(dir, "no.dump") };
    expect(await failureOf(dumpDatabase(input))).toMatchObject({ code: "BEE-E840" });
  });
});
