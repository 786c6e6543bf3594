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

describe("an offline queue that is sent again", () => {
  beforeAll(freshUsers);

  it("counts once, and keys of different users do not meet", async () => {
    const send = `insert into public.engagement_events (event_type, idempotency_key, occurred_at)
      select 'journal_entry', 'device-1-' || n, now() from generate_series(1, 3) n
      on conflict (user_id, idempotency_key) do nothing`;
    expect(await backend.commitAs(user(alice), send)).toMatchObject({ count: 3 });
    expect(await backend.commitAs(user(alice), send)).toMatchObject({ count: 0 });
    expect(await backend.commitAs(user(bob), send)).toMatchObject({ count: 3 });
    const { users } = value(
      await backend.as(service, "select public.momentum_inputs($1, null, 'test', 60, 60)", [[alice]]),
    );
    expect(users).toEqual([
      {
        user_id: alice,
        time_zone: null,
        score_date: new Date().toISOString().slice(0, 10),
        events: [["journal_entry", 3]],
        history: [],
      },
    ]);
  });
});

describe("the day of an event", () => {
  beforeAll(freshUsers);

  const countsOn = async (zone: string | null, date: string, times: readonly string[]) => {
    await backend.owner.query("delete from public.engagement_events where user_id = $1", [alice]);
    await backend.owner.query(
      "insert into public.notification_preferences (user_id, time_zone) values ($1, $2) on conflict (user_id) do update set time_zone = excluded.time_zone",
      [alice, zone],
    );
    await backend.owner.query(
      "insert into public.engagement_events (user_id, event_type, occurred_at) select $1, 'app_session', unnest($2::timestamptz[])",
      [alice, times],
    );
    const { users } = value(
      await backend.as(service, "select public.momentum_inputs($1, $2, $3, 60000, 60000)", [
        [alice],
        date,
        randomUUID(),
      ]),
    );
    return users[0].events.flatMap(([, count]: [string, number]) => count)[0] ?? 0;
  };

  const cases: readonly (readonly [string, string | null, string, readonly string[], readonly string[]])[] = [
    [
      "UTC without a zone",
      null,
      "2025-03-10",
      ["2025-03-10T00:00Z", "2025-03-10T23:59:59.999Z"],
      ["2025-03-09T23:59:59.999Z", "2025-03-11T00:00Z"],
    ],
    [
      "far east",
      "Pacific/Kiritimati",
      "2025-03-10",
      ["2025-03-09T10:00Z", "2025-03-10T09:59:59Z"],
      ["2025-03-09T09:59:59Z", "2025-03-10T10:00Z"],
    ],
    [
      "far west",
      "Pacific/Pago_Pago",
      "2025-03-10",
      ["2025-03-10T11:00Z", "2025-03-11T10:59:59Z"],
      ["2025-03-10T10:59:59Z", "2025-03-11T11:00Z"],
    ],
    [
      "a day of 23 hours",
      "America/New_York",
      "2025-03-09",
      ["2025-03-09T05:00Z", "2025-03-10T03:59:59Z"],
      ["2025-03-09T04:59:59Z", "2025-03-10T04:00Z"],
    ],
    [
      "a day of 25 hours",
      "Europe/Berlin",
      "2025-10-26",
      ["2025-10-25T22:00Z", "2025-10-26T22:59:59Z"],
      ["2025-10-25T21:59:59Z", "2025-10-26T23:00Z"],
    ],
    [
      "midnight twice",
      "America/Havana",
      "2025-11-02",
      ["2025-11-02T04:00Z", "2025-11-02T05:30Z", "2025-11-03T04:59:59Z"],
      ["2025-11-02T03:59:59Z", "2025-11-03T05:00Z"],
    ],
    [
      "a quarter of an hour off",
      "Asia/Kathmandu",
      "2025-03-10",
      ["2025-03-09T18:15Z", "2025-03-10T18:14:59Z"],
      ["2025-03-09T18:14:59Z", "2025-03-10T18:15Z"],
    ],
  ];
  it.each(cases)("%s", async (_, zone, date, inside, outside) => {
    expect(await countsOn(zone, date, [...inside, ...outside])).toBe(inside.length);
  });
});

describe("saving scores", () => {
  beforeAll(freshUsers);

  const save = (final: number, readAt: string, userId = alice) =>
    backend.commitAs(
      service,
      "select * from public.save_momentum_scores($1, $2, 'momentum-score-calculator', 7)",
      [
        JSON.stringify([
          {
            user_id: userId,
            score_date: "2025-06-01",
            raw_score: final,
            final_score: final,
            momentum_state: "Steady",
            breakdown: { total_events: 1 },
            events_count: 1,
            algorithm_version: "v1.0",
          },
        ]),
        readAt,
      ],
    );

  it("writes one row, leaves an equal one untouched, and never lets an older reading win", async () => {
    const first = only(await save(50, "2025-06-01T10:00:00Z"));
    expect(first).toMatchObject({ user_id: alice, final_score: "50.00" });
    expect(only(await save(50, "2025-06-01T11:00:00Z"))).toEqual(first);
    const changed = only(await save(60, "2025-06-01T12:00:00Z"));
    expect(changed).toMatchObject({ id: first["id"], final_score: "60.00" });
    expect(only(await save(55, "2025-06-01T11:30:00Z"))).toEqual(changed);
    const { rows } = await backend.owner.query(
      "select count(*)::int as rows from public.daily_engagement_scores where user_id = $1",
      [alice],
    );
    expect(rows).toEqual([{ rows: 1 }]);
  });

  it("leaves out a user who is gone, and logs every call", async () => {
    const gone = randomUUID();
    expect(await save(50, "2025-06-01T10:00:00Z", gone)).toMatchObject({ rows: [] });
    const { rows } = await backend.owner.query(
      "select user_id, success, execution_time_ms from public.function_call_logs order by id",
    );
    expect(rows).toEqual([
      ...Array(4).fill({ user_id: alice, success: true, execution_time_ms: 7 }),
      { user_id: null, success: false, execution_time_ms: 7 },
    ]);
  });
});

describe("the allowance of a caller", () => {
  const take = async (caller: string, perMinute: number, burst: number, cost = 1) =>
    value(
      await backend.commitAs(service, "select private.take_allowance($1, $2, $3, $4)", [
        caller,
        perMinute,
        burst,
        cost,
      ]),
    );

  it("is a burst and then a rate, apart for each caller", async () => {
    const answers = [];
    for (let i = 0; i < 5; i++) answers.push(await take("one", 60, 3));
    expect(answers.slice(0, 3)).toEqual([null, null, null]);
    for (const wait of answers.slice(3)) expect(wait).toSatisfy((ms: number) => ms > 0 && ms <= 1000);
    expect(await take("two", 60, 3)).toBeNull();
  });

  it("comes back with time, and a refused call takes nothing", async () => {
    expect(await take("fast", 6000, 1)).toBeNull();
    const wait = await take("fast", 6000, 1);
    if (wait !== null) expect(wait).toBeLessThanOrEqual(10);
    await expect.poll(() => take("fast", 6000, 1), { interval: 20 }).toBeNull();
  });

  it("lets exactly the burst through when all ask at once", async () => {
    const clients = await Promise.all(
      Array.from({ length: 8 }, async () => {
        const client = new pg.Client({ connectionString: backend.url });
        await client.connect();
        await client.query("set role service_role");
        return client;
      }),
    );
    const answers: unknown[] = [];
    await Promise.all(
      clients.map(async (client) => {
        for (let i = 0; i < 5; i++) {
          const { rows } = await client.query("select private.take_allowance('crowd', 1, 10) as wait");
          answers.push(rows[0].wait);
        }
      }),
    );
    expect(answers.filter((wait) => wait === null)).toHaveLength(10);
    await Promise.all(clients.map((client) => client.end()));
  });

  it("counts a batch by its users, and a batch above the burst still fits an unused allowance", async () => {
    expect(await take("batch", 60, 10, 100)).toBeNull();
    expect(await take("batch", 60, 10, 1)).toBeGreaterThan(80_000);
  });
});
