import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { BeeError } from "../../src/core/bee-error.ts";
import { proveDown } from "../../src/engine/prove-down.ts";
import type { DownProof } from "../../src/plan/down-proof.ts";
import { createShadowDatabase } from "../../src/supabase/shadow-database.ts";
import { downCorpus } from "../support/down-corpus.ts";
import { startTestPostgres, type TestPostgres } from "../support/postgres.ts";
import { failureOf, migration } from "../support/target.ts";

let server: TestPostgres;

beforeAll(async () => {
  server = await startTestPostgres();
});
afterAll(() => server.stop());

function prove(base: string, up: string, down?: string): Promise<DownProof> {
  const file = migration("20250102000000", "change", up);
  const downs = new Map(
    down == null ? [] : [[file.version, { ...migration("20250102000000", "change.down", down) }]],
  );
  return proveDown({
    shadow: createShadowDatabase(async () => {
      const { url, drop } = await server.createDatabase();
      return { url, stop: drop };
    }),
    kept: [migration("20250101000000", "base", base)],
    undone: [file],
    downs,
    baseline: [],
    sampleRows: [],
    note: () => {},
  });
}

/** The reasons are in the detail, which a test report would not show. */
function withDetail(error: unknown): never {
  throw error instanceof BeeError ? new Error(`${error.message}\n${error.detail}`) : error;
}

describe("a down that bee writes", () => {
  for (const { name, base, up, losses, contract } of downCorpus) {
    it(`takes back: ${name}`, async () => {
      const proof = await prove(base, up).catch(withDetail);
      expect(proof.assembled).toEqual(["20250102000000"]);
      expect(proof.losses.map(({ object }) => object).sort()).toEqual([...(losses ?? [])].sort());
      if (contract != null) expect(proof.contracts.length > 0).toBe(contract);
    });
  }
});

const notes = "create table public.notes (id int primary key, title text not null);";
const addMood =
  "alter table public.notes add column mood text not null default 'calm'; create index notes_mood on public.notes (mood);";

describe("a down that somebody wrote", () => {
  it("is taken as it is when it restores the catalog", async () => {
    const proof = await prove(notes, addMood, "alter table public.notes drop column mood;");
    expect(proof.assembled).toEqual([]);
    expect(proof.losses).toMatchObject([{ object: "public.notes.mood", kind: "column", column: "mood" }]);
    expect(proof.touched).toEqual(["public.notes"]);
  });

  it("is refused with the differences when it does not", async () => {
    expect(await failureOf(prove(notes, addMood, "drop index public.notes_mood;"))).toMatchObject({
      code: "BEE-E343",
      exit: 3,
      detail: expect.stringContaining("created: column public.notes.mood"),
    });
    const forgotten = "alter table public.notes drop column mood; grant select on public.notes to anon;";
    expect(await failureOf(prove(notes, addMood, forgotten))).toMatchObject({
      code: "BEE-E343",
      detail: expect.stringMatching(/changed: table public\.notes \(grants .*anon/),
    });
  });

  it("is refused with file, line and caret when it fails", async () => {
    expect(
      await failureOf(prove(notes, addMood, "-- back\nalter table public.notes drop column moods;")),
    ).toMatchObject({
      code: "BEE-E342",
      message: expect.stringContaining(
        '20250102000000_change.down.sql:2:1: column "moods" of relation "notes" does not exist',
      ),
      detail: expect.stringMatching(/\^\nThe target was not touched\./),
    });
  });

  it("does not hide rows behind an equal catalog", async () => {
    const remade =
      "drop table public.notes; create table public.notes (id int primary key, title text not null);";
    const { losses } = await prove(notes, "alter table public.notes add column n int;", remade);
    expect(losses).toMatchObject([{ object: "public.notes", kind: "table" }]);
    const emptied = await prove(
      notes,
      addMood,
      "delete from notes where id > 1000; alter table public.notes drop column mood;",
    );
    expect(emptied.losses.map(({ object, kind }) => `${kind} ${object}`)).toEqual([
      "column public.notes.mood",
      "rows public.notes",
    ]);
    const refilled = await prove(
      notes,
      addMood,
      "alter table public.notes drop column mood, drop column title; alter table public.notes add column title text; update public.notes set title = 'x'; alter table public.notes alter title set not null;",
    );
    expect(refilled.losses.map(({ object }) => object)).toEqual(["public.notes.mood", "public.notes.title"]);
  });

  it("may rebuild a table when it carries the rows over", async () => {
    const copied = `create table public.copy (id int constraint copy_pkey primary key, title text not null);
insert into public.copy select id, title from public.notes;
drop table public.notes;
alter table public.copy rename to notes;
alter index public.copy_pkey rename to notes_pkey;`;
    const { losses } = await prove(notes, "alter table public.notes add column n int;", copied);
    expect(losses.map(({ object }) => object)).toEqual(["public.notes.n"]);
  });

  it("is written anew for a table that was, when its columns cannot be converted", async () => {
    const rebuilt =
      "drop table public.notes; create table public.notes (id uuid primary key default gen_random_uuid(), body text);";
    const { losses, assembled } = await prove(
      `${notes} create view public.v as select id from public.notes;`,
      `drop view public.v; ${rebuilt}`,
    );
    expect(assembled).toEqual(["20250102000000"]);
    expect(losses).toMatchObject([
      { object: "public.notes", kind: "table", why: "table public.notes is dropped and made anew" },
    ]);
  });

  it("tells what fails over rows only the new state allows", async () => {
    const { notes: told } = await prove(notes, "alter table public.notes alter title drop not null;");
    expect(told).toEqual([
      expect.stringContaining('column "title" of relation "notes" contains null values'),
    ]);
  });
});

describe("what bee cannot prove", () => {
  it("is a type that cannot be cast back", async () => {
    const retyped =
      "alter table public.notes alter column id type boolean using id > 0; create type public.odd as (n int); alter table public.notes alter column title type public.odd using null::public.odd;";
    expect(await failureOf(prove("create table public.notes (id int, title bytea);", retyped))).toMatchObject(
      {
        code: "BEE-E345",
        message: "bee cannot write the down of supabase/migrations/20250102000000_change.sql by itself",
        detail: expect.stringContaining("cannot cast type odd to bytea"),
        hint: expect.stringContaining("supabase/migrations/20250102000000_change.down.sql"),
      },
    );
  });

  it("is a setting whose former value nobody kept", async () => {
    expect(
      await failureOf(prove("", "alter role authenticated set statement_timeout = '5s';")),
    ).toMatchObject({
      code: "BEE-E345",
    });
  });

  it("is a migration that does not run on an empty project", async () => {
    expect(await failureOf(prove("", "alter table public.made_by_hand add column n int;"))).toMatchObject({
      code: "BEE-E349",
      exit: 4,
      message: expect.stringContaining('relation "public.made_by_hand" does not exist'),
    });
  });
});
