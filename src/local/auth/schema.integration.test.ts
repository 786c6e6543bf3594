import pg from "pg";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { startTestApi, type TestApi } from "./api.test-support.ts";
import { authSchemaSql } from "./schema.ts";

let api: TestApi;
beforeAll(async () => {
  api = await startTestApi();
});
afterAll(() => api.stop());

let emails = 0;
const password = "correct horse";
const newEmail = () => `user${++emails}@example.test`;

async function signedUp() {
  const client = api.client();
  const email = newEmail();
  const { data, error } = await client.auth.signUp({ email, password });
  if (error !== null || data.session === null || data.user === null) throw error ?? new Error("no session");
  return { client, email, session: data.session, user: data.user };
}

describe("the schema", () => {
  test("lets the app's owner hang triggers on it and drop them, and change nothing else", async () => {
    const owner = new pg.Client(api.ownerUrl);
    await owner.connect();
    try {
      await owner.query(`
        create table public.mine (user_id uuid references auth.users);
        create function public.noop() returns trigger language plpgsql as 'begin return new; end';
        create trigger mine before update on auth.users for each row execute function public.noop();
        drop trigger mine on auth.users;
        create trigger mine before update on auth.users for each row execute function public.noop();
        drop trigger if exists mine on auth.users;
        drop function public.noop;
        drop table public.mine;`);
      for (const sql of [
        "alter table auth.users add column extra text",
        "create table auth.extra (id int)",
        "create index on auth.users (aud)",
        "drop table auth.mfa_factors",
        "create or replace function auth.uid() returns uuid language sql as 'select null::uuid'",
      ]) {
        await expect(owner.query(sql)).rejects.toThrow("must be owner of");
      }
    } finally {
      await owner.end();
    }
  });

  test("can be applied again, and keeps its users", async () => {
    const { user } = await signedUp();
    await api.pool.query(authSchemaSql);
    expect((await api.pool.query("select from auth.users where id = $1", [user.id])).rowCount).toBe(1);
  });

  test("answers auth.uid() and the like from the claims, and null without", async () => {
    const claims =
      '{"sub":"6f9619ff-8b86-4d01-b42d-00cf4fc964ff","role":"authenticated","email":"a@b.c","x":[1]}';
    const query = "select auth.uid() as uid, auth.role() as role, auth.email() as email, auth.jwt() as jwt";
    const client = await api.pool.connect();
    try {
      await client.query(`begin; set local role anon; set local request.jwt.claims = '${claims}'`);
      expect((await client.query(query)).rows[0]).toEqual({
        uid: "6f9619ff-8b86-4d01-b42d-00cf4fc964ff",
        role: "authenticated",
        email: "a@b.c",
        jwt: JSON.parse(claims),
      });
      await client.query("rollback; begin; set local role anon");
      expect((await client.query(query)).rows[0]).toEqual({ uid: null, role: null, email: null, jwt: null });
      await expect(client.query("select from auth.users")).rejects.toThrow("permission denied");
    } finally {
      await client.query("rollback");
      client.release();
    }
  });

  test("runs the app's trigger as hosted does, and leaves nothing when it fails", async () => {
    const owner = new pg.Client(api.ownerUrl);
    await owner.connect();
    try {
      await owner.query(`
        create table public.profiles (id uuid primary key references auth.users on delete cascade, name text not null);
        create function public.handle_new_user() returns trigger language plpgsql security definer set search_path = '' as $$
          begin
            insert into public.profiles values (new.id, new.raw_user_meta_data ->> 'full_name');
            return new;
          end $$;
        create trigger on_auth_user_created after insert on auth.users for each row execute function public.handle_new_user();`);
      const named = await api
        .client()
        .auth.signUp({ email: newEmail(), password, options: { data: { full_name: "Eve" } } });
      const profiles = await owner.query("select name from public.profiles where id = $1", [
        named.data.user?.id,
      ]);
      expect(profiles.rows).toEqual([{ name: "Eve" }]);
      const email = newEmail();
      const reply = await api.post("/signup", { email, password });
      expect(reply.status).toBe(500);
      expect(await reply.json()).toEqual({
        code: 500,
        error_code: "unexpected_failure",
        msg: "Database error saving new user",
      });
      expect((await api.pool.query("select from auth.users where email = $1", [email])).rowCount).toBe(0);

      await owner.query("alter function public.handle_new_user() security invoker");
      expect((await api.post("/signup", { email, password, data: { full_name: "Eve" } })).status).toBe(500);
    } finally {
      await owner.query("drop trigger on_auth_user_created on auth.users");
      await owner.end();
    }
  });
});
