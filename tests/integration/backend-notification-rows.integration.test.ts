import { randomUUID } from "node:crypto";
import pg from "pg";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type Backend, only, openBackend, service, user, value } from "../support/backend.ts";

let backend: Backend;
let alice: string;
let bob: string;

beforeAll(async () => {
  backend = await openBackend();
});
afterAll(() => backend.close());

/** Everybody new for each group, so that groups do not meet. */
async function freshUsers(): Promise<void> {
  [alice, bob] = [await backend.createUser(), await backend.createUser()];
}

describe("devices", () => {
  beforeAll(freshUsers);

  const register = (who: string, platform: string, token: string) =>
    backend.commitAs(user(who), "insert into public.user_fcm_tokens (platform, token) values ($1, $2)", [
      platform,
      token,
    ]);
  const devices = async () =>
    (
      await backend.owner.query(
        "select user_id, platform, token from public.user_fcm_tokens order by platform, token",
      )
    ).rows;

  it("have one token per user and platform, the latest", async () => {
    await register(alice, "ios", "alice-phone-token-1");
    await register(alice, "ios", "alice-phone-token-2");
    await register(alice, "web", "alice-browser-token");
    await register(alice, "web", "alice-browser-token");
    expect(await devices()).toEqual([
      { user_id: alice, platform: "ios", token: "alice-phone-token-2" },
      { user_id: alice, platform: "web", token: "alice-browser-token" },
    ]);
  });

  it("follow whoever signed in on them last", async () => {
    await register(bob, "ios", "alice-phone-token-2");
    expect(await devices()).toEqual([
      { user_id: bob, platform: "ios", token: "alice-phone-token-2" },
      { user_id: alice, platform: "web", token: "alice-browser-token" },
    ]);
  });

  it("are not lost to a registration that is refused", async () => {
    const forged =
      "insert into public.user_fcm_tokens (user_id, platform, token) values ($1, 'web', 'alice-browser-token')";
    expect(await backend.commitAs(user(bob), forged, [alice])).toEqual({ refused: "42501" });
    expect(await devices()).toHaveLength(2);
  });
});

describe("a notification", () => {
  beforeAll(freshUsers);

  const insert = async (status: string) => {
    const { rows } = await backend.owner.query(
      "insert into public.momentum_notifications (user_id, type, trigger_date, title, body, status) values ($1, 'celebration', '2025-01-01', 't', 'b', $2) returning id",
      [alice, status],
    );
    return rows[0].id as string;
  };
  const report = (id: string, change: string) =>
    backend.commitAs(
      user(alice),
      `update public.momentum_notifications set ${change} where id = $1 returning status, opened_at is not null as opened, delivered_at is not null as delivered`,
      [id],
    );

  it("is reported as opened or delivered by either column", async () => {
    const all = { status: "opened", opened: true, delivered: true };
    expect(only(await report(await insert("sent"), "status = 'opened'"))).toEqual(all);
    expect(only(await report(await insert("sent"), "opened_at = now()"))).toEqual(all);
    const id = await insert("unknown");
    expect(only(await report(id, "status = 'delivered'"))).toEqual({
      status: "delivered",
      opened: false,
      delivered: true,
    });
    expect(only(await report(id, "opened_at = now()"))).toEqual(all);
    expect(only(await report(id, "status = 'delivered', opened_at = null"))).toMatchObject({
      status: "delivered",
    });
  });

  it("cannot be made anything else by its user", async () => {
    const id = await insert("sent");
    for (const status of ["pending", "failed", "unknown"]) {
      expect(await report(id, `status = '${status}'`)).toEqual({ refused: "42501" });
    }
    for (const column of [
      "title",
      "body",
      "type",
      "trigger_score",
      "message_id",
      "error",
      "sent_at",
      "user_id",
      "created_at",
    ]) {
      expect(
        await backend.as(user(alice), `update public.momentum_notifications set ${column} = ${column}`),
        column,
      ).toEqual({ refused: "42501" });
    }
    expect(await report(await insert("failed"), "status = 'opened'")).toMatchObject({ count: 0 });
  });

  it("keeps the app's receipt when the sender writes down later", async () => {
    const id = await insert("pending");
    await report(id, "status = 'opened'");
    await backend.commitAs(service, "select public.record_notification_outcomes($1, '[]')", [
      JSON.stringify([{ id, status: "sent", message_id: "projects/x/messages/1" }]),
    ]);
    const { rows } = await backend.owner.query(
      "select status, message_id from public.momentum_notifications where id = $1",
      [id],
    );
    expect(rows).toEqual([{ status: "opened", message_id: "projects/x/messages/1" }]);
  });
});

describe("claiming notifications", () => {
  beforeAll(freshUsers);

  const claim = (client: pg.Client, who: string, readAt: Date) =>
    client.query("select public.claim_notifications($1, $2, $3) as answer", [
      JSON.stringify([
        {
          id: randomUUID(),
          user_id: who,
          type: "celebration",
          trigger_date: "2025-01-01",
          trigger_score: 80,
          trigger_state: "Rising",
          title: "t",
          body: "b",
          action: {},
        },
      ]),
      JSON.stringify([
        {
          user_id: who,
          type: "consecutive_needs_care",
          trigger_date: "2025-01-01",
          streak_start: "2025-01-01",
          streak_days: 3,
        },
      ]),
      readAt,
    ]);

  it("lets one of many runs at the same time have a user", async () => {
    const clients = await Promise.all(
      Array.from({ length: 6 }, async () => {
        const client = new pg.Client({ connectionString: backend.url });
        await client.connect();
        await client.query("set role service_role");
        return client;
      }),
    );
    const readAt = new Date();
    const answers = await Promise.all(clients.map((client) => claim(client, alice, readAt)));
    expect(answers.flatMap(({ rows }) => rows[0].answer.claimed)).toHaveLength(1);
    expect(answers.reduce((sum, { rows }) => sum + rows[0].answer.interventions, 0)).toBe(1);
    await Promise.all(clients.map((client) => client.end()));
  });

  it("takes nothing for a user who is gone", async () => {
    const { rows } = await claim(backend.owner, randomUUID(), new Date());
    expect(rows[0].answer).toEqual({ claimed: [], interventions: 0 });
  });

  it("gives up on a row whose sender died, without sending it again", async () => {
    await backend.owner.query(
      "insert into public.momentum_notifications (user_id, type, trigger_date, title, body, created_at) values ($1, 'celebration', '2025-01-01', 't', 'b', now() - interval '11 minutes')",
      [bob],
    );
    const answer = value(
      await backend.as(service, "select public.notification_candidates($1, null, 1, 'test', 60, 60)", [bob]),
    );
    expect(answer.users[0].notifications.map((one: readonly string[]) => one[3])).toEqual(["unknown"]);
  });
});

describe("a user who leaves", () => {
  it("takes every row along", async () => {
    await freshUsers();
    await backend.commitAs(
      user(alice),
      "insert into public.engagement_events (event_type) values ('journal_entry')",
    );
    await backend.commitAs(user(alice), "insert into public.notification_preferences default values");
    await backend.commitAs(
      service,
      "select public.log_function_call('momentum-score-calculator', $1, 5, false, 'internal_error')",
      [alice],
    );
    await backend.owner.query("delete from auth.users where id = $1", [alice]);
    for (const table of ["engagement_events", "notification_preferences", "function_call_logs"]) {
      const { rows } = await backend.owner.query(
        `select count(*)::int as rows from public.${table} where user_id = $1`,
        [alice],
      );
      expect(rows, table).toEqual([{ rows: 0 }]);
    }
  });

  it("does not keep a call from being logged", async () => {
    await backend.commitAs(
      service,
      "select public.log_function_call('momentum-score-calculator', $1, -5, false, repeat('x', 500))",
      [randomUUID()],
    );
    const { rows } = await backend.owner.query(
      "select user_id, execution_time_ms, length(error_message) as length from public.function_call_logs order by id desc limit 1",
    );
    expect(rows).toEqual([{ user_id: null, execution_time_ms: 0, length: 200 }]);
  });
});
