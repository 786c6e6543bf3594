import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type Backend, only, openBackend, projectDir, user } from "../support/backend.ts";

let backend: Backend;
beforeAll(async () => {
  backend = await openBackend();
});
afterAll(() => backend.close());

const lib = join(projectDir, "app/lib");
const sources = readdirSync(lib, { recursive: true, encoding: "utf8" })
  .filter((file) => file.endsWith(".dart"))
  .map((file) => readFileSync(join(lib, file), "utf8"));

/** What is said of a table between its name and the end of the call. */
function callsOf(source: string): readonly { readonly table: string; readonly call: string }[] {
  return [...source.matchAll(/\.from\(\s*'(\w+)'\s*\)([\s\S]*?);/g)].map(([, table = "", call = ""]) => ({
    table,
    call,
  }));
}

function columnsOf(call: string): readonly string[] {
  const selected = [...call.matchAll(/\.select\(\s*'([^']*)'/g)].flatMap(([, list = ""]) => list.split(","));
  const named = [...call.matchAll(/\.(?:eq|order)\(\s*'(\w+)'/g)].map(([, column = ""]) => column);
  const written = [...call.matchAll(/'(\w+)':/g)].map(([, column = ""]) => column);
  const conflict = [...call.matchAll(/onConflict: '([^']*)'/g)].flatMap(([, list = ""]) => list.split(","));
  return [...selected, ...named, ...written, ...conflict].map((column) => column.trim());
}

describe("the app's kit", () => {
  it("names tables and columns as they are", async () => {
    const { rows } = await backend.owner.query<{ table_name: string; column_name: string }>(
      "select table_name, column_name from information_schema.columns where table_schema = 'public'",
    );
    const there = new Set(rows.map((row) => `${row.table_name}.${row.column_name}`));
    const asked = sources
      .flatMap(callsOf)
      .flatMap(({ table, call }) => columnsOf(call).map((column) => `${table}.${column}`));
    expect([...new Set(asked)].sort()).toEqual([
      "daily_engagement_scores.calculated_at",
      "daily_engagement_scores.events_count",
      "daily_engagement_scores.final_score",
      "daily_engagement_scores.momentum_state",
      "daily_engagement_scores.score_date",
      "daily_engagement_scores.user_id",
      "engagement_events.event_type",
      "engagement_events.idempotency_key",
      "engagement_events.occurred_at",
      "engagement_events.user_id",
      "engagement_events.value",
      "feature_flags.enabled",
      "feature_flags.key",
      "feature_flags.minimum_app_version",
      "momentum_notifications.id",
      "momentum_notifications.status",
      "user_fcm_tokens.platform",
      "user_fcm_tokens.token",
      "user_fcm_tokens.user_id",
    ]);
    expect(asked.filter((column) => !there.has(column))).toEqual([]);
  });

  it("calls functions that there are, and listens to a table that is published", async () => {
    const invoked = sources.flatMap((text) =>
      [...text.matchAll(/\.invoke\(\s*'([^']+)'/g)].map(([, name]) => name),
    );
    const functions = readdirSync(join(projectDir, "supabase/functions"));
    expect(invoked).toEqual(["momentum-score-calculator"]);
    expect(functions).toEqual(expect.arrayContaining(invoked));
    const listened = sources.flatMap((text) =>
      [...text.matchAll(/\btable: '(\w+)'/g)].map(([, name]) => name),
    );
    const { rows } = await backend.owner.query(
      "select tablename from pg_publication_tables where pubname = 'supabase_realtime'",
    );
    expect(listened).toEqual(["daily_engagement_scores"]);
    expect(rows.map(({ tablename }) => tablename)).toEqual(expect.arrayContaining(listened));
  });

  it("may do what it does: an event once, a token, an opened notification", async () => {
    const sub = await backend.createUser();
    const me = user(sub);
    const event = `insert into engagement_events (user_id, event_type, idempotency_key, occurred_at, value)
      values ('${sub}', 'app_session', 'k1', now(), '{}') on conflict (user_id, idempotency_key) do nothing`;
    expect([await backend.commitAs(me, event), await backend.commitAs(me, event)]).toMatchObject([
      { count: 1 },
      { count: 0 },
    ]);
    const token = `insert into user_fcm_tokens (platform, token) values ('android', 'token-${sub}')`;
    expect(await backend.commitAs(me, token)).toMatchObject({ count: 1 });
    const { rows } = await backend.owner.query<{ id: string }>(
      `insert into momentum_notifications (user_id, type, trigger_date, title, body, status)
       values ($1, 'celebration', current_date, 't', 'b', 'sent') returning id`,
      [sub],
    );
    for (const status of ["opened", "delivered"]) {
      const update = `update momentum_notifications set status = '${status}' where id = '${rows[0]?.id}'`;
      expect(await backend.commitAs(me, update)).toMatchObject({ count: 1 });
    }
    expect(only(await backend.as(me, "select status from momentum_notifications"))).toEqual({
      status: "opened",
    });
    expect(
      await backend.commitAs(me, "delete from user_fcm_tokens where platform = 'android'"),
    ).toMatchObject({ count: 1 });
  });

  it("holds no values of its own: no URL, key or DSN", () => {
    const suspicious = sources.filter((text) =>
      /https:\/\/[a-z0-9]{20}\.|eyJ[A-Za-z0-9_-]{10}|sb_(publishable|secret)_[A-Za-z0-9]|ingest\.sentry/.test(
        text,
      ),
    );
    expect(suspicious).toEqual([]);
  });
});
