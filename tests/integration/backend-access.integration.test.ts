import { randomUUID } from "node:crypto";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import {
  anon,
  type Backend,
  type Outcome,
  openBackend,
  type Persona,
  service,
  user,
} from "../support/backend.ts";

/** One row of each table, so that everything that could leak is there. */
interface TableCase {
  readonly table: string;
  /** Inserts a row of the owner in $1, with only what an app sends. `$2` is fresh text. */
  readonly insert: string;
  /** A change that everybody would like to make. */
  readonly change: string;
  /** The column that says whose row it is. */
  readonly owner: string | null;
  readonly user: readonly Right[];
  readonly service: readonly Right[];
  readonly anon?: readonly Right[];
}

type Right = "select" | "insert" | "update" | "delete";

const contentId = randomUUID();

const cases: readonly TableCase[] = [
  {
    table: "engagement_events",
    insert:
      "insert into public.engagement_events (user_id, event_type, idempotency_key) values ($1, 'journal_entry', $2)",
    change: "value = '{}'",
    owner: "user_id",
    user: ["select", "insert"],
    service: ["select", "insert"],
  },
  {
    table: "daily_engagement_scores",
    insert: `insert into public.daily_engagement_scores
      (user_id, score_date, raw_score, final_score, momentum_state, algorithm_version, breakdown)
      values ($1, date '2025-01-01' + (length($2) + (random() * 5000)::int), 100, 100, 'Rising', 'v1.0', '{}')`,
    change: "final_score = 100",
    owner: "user_id",
    user: ["select"],
    service: ["select", "insert", "update"],
  },
  {
    table: "user_fcm_tokens",
    insert:
      "insert into public.user_fcm_tokens (user_id, platform, token) values ($1, 'web', 'token-of-a-device-' || $2)",
    change: "is_active = false",
    owner: "user_id",
    user: ["select", "insert", "delete"],
    service: ["select", "update", "delete"],
  },
  {
    table: "momentum_notifications",
    insert: `insert into public.momentum_notifications (user_id, type, trigger_date, title, body, message_id, status)
      values ($1, 'celebration', '2025-01-01', 'Hello', 'You', $2, 'sent')`,
    change: "opened_at = now()",
    owner: "user_id",
    user: ["select", "update"],
    service: ["select", "insert", "update"],
  },
  {
    table: "coach_interventions",
    insert: `insert into public.coach_interventions (user_id, type, trigger_date, streak_start, streak_days)
      values ($1, 'consecutive_needs_care', date '2025-01-01' + (length($2) + (random() * 5000)::int), '2025-01-01', 3)`,
    change: "status = 'cancelled'",
    owner: "user_id",
    user: ["select"],
    service: ["select", "insert", "update"],
  },
  {
    table: "notification_preferences",
    // The second parameter keeps the number of parameters the same for all tables.
    insert:
      "insert into public.notification_preferences (user_id, frequency) select $1, 'minimal' where $2::text is not null",
    change: "frequency = 'frequent'",
    owner: "user_id",
    user: ["select", "insert", "update"],
    service: ["select"],
  },
  {
    table: "daily_feed_content",
    insert: `insert into public.daily_feed_content (content_date, title, summary, topic, published_at)
      select date '2025-01-02' + (random() * 50000)::int, $2, 'About', 'sleep', now() where $1::uuid is not null`,
    change: "title = 'x'",
    owner: null,
    user: ["select"],
    service: ["select", "insert", "update", "delete"],
  },
  {
    table: "user_content_interactions",
    insert: `insert into public.user_content_interactions (user_id, content_id, interaction_type, idempotency_key)
      values ($1, '${contentId}', 'view', $2)`,
    change: "duration_seconds = 1",
    owner: "user_id",
    user: ["select", "insert"],
    service: ["select", "insert"],
  },
  {
    table: "feature_flags",
    insert:
      "insert into public.feature_flags (key, description) select 'flag_' || substr(md5($2), 1, 8), 'x' where $1::uuid is not null",
    change: "enabled = true",
    owner: null,
    anon: ["select"],
    user: ["select"],
    service: ["select", "insert", "update", "delete"],
  },
  {
    table: "function_call_logs",
    insert: `insert into public.function_call_logs (function_name, user_id, execution_time_ms, success, error_message)
      values ('momentum-score-calculator', $1, 1, true, $2)`,
    change: "success = true",
    owner: "user_id",
    user: [],
    service: ["select", "insert", "delete"],
  },
];

let backend: Backend;
let alice: string;
let bob: string;

beforeAll(async () => {
  backend = await openBackend();
  [alice, bob] = [await backend.createUser(), await backend.createUser()];
  await backend.owner.query(
    "insert into public.daily_feed_content (id, content_date, title, summary, topic, published_at) values ($1, '2025-01-01', 't', 's', 'sleep', now())",
    [contentId],
  );
  for (const { insert, owner } of cases) {
    for (const who of owner === null ? [alice] : [alice, bob])
      await backend.owner.query(insert, [who, randomUUID()]);
  }
});

afterAll(() => backend.close());

const refused: Outcome = { refused: "42501" };

function rowsOf(outcome: Outcome): readonly Record<string, unknown>[] {
  if ("refused" in outcome) throw new Error(`refused with ${outcome.refused}`);
  return outcome.rows;
}

function countOf(outcome: Outcome): number {
  if ("refused" in outcome) throw new Error(`refused with ${outcome.refused}`);
  return outcome.count;
}

describe.each(cases)(
  "$table",
  ({ table, insert, change, owner, user: userRights, service: serviceRights, anon: anonRights = [] }) => {
    const personas: readonly { name: string; persona: () => Persona; rights: readonly Right[] }[] = [
      { name: "anon", persona: () => anon, rights: anonRights },
      { name: "a user", persona: () => user(alice), rights: userRights },
      { name: "the service", persona: () => service, rights: serviceRights },
    ];

    it.each(personas)("shows $name what they may see", async ({ persona, rights }) => {
      const outcome = await backend.as(persona(), `select * from public.${table}`);
      if (!rights.includes("select")) return expect(outcome).toEqual(refused);
      const rows = rowsOf(outcome);
      expect(rows.length).toBeGreaterThan(0);
      if (owner !== null && persona().role !== "service_role") {
        expect(new Set(rows.map((row) => row[owner]))).toEqual(new Set([alice]));
      }
    });

    it.each(personas)("takes rows of $name's own only from whom it should", async ({ persona, rights }) => {
      await backend.owner.query("delete from public.notification_preferences where user_id = $1", [alice]);
      const outcome = await backend.as(persona(), insert, [alice, randomUUID()]);
      await backend.owner.query("insert into public.notification_preferences (user_id) values ($1)", [alice]);
      expect(outcome).toEqual(rights.includes("insert") ? { rows: [], count: 1 } : refused);
    });

    it.each(personas.slice(0, 2))("takes no row of somebody else's from $name", async ({ persona }) => {
      expect(await backend.as(persona(), insert, [bob, randomUUID()])).toEqual(refused);
    });

    it.each(personas)("lets $name change what is theirs, without a filter", async ({ persona, rights }) => {
      const outcome = await backend.as(persona(), `update public.${table} set ${change}`);
      if (!rights.includes("update")) return expect(outcome).toEqual(refused);
      const { rows } = await backend.owner.query(`select count(*)::int as all from public.${table}`);
      const mine = owner !== null && persona().role === "authenticated" ? 1 : rows[0]?.["all"];
      expect(countOf(outcome)).toBe(mine);
    });

    it.each(personas)("lets $name delete what is theirs, without a filter", async ({ persona, rights }) => {
      const outcome = await backend.as(persona(), `delete from public.${table}`);
      if (!rights.includes("delete")) return expect(outcome).toEqual(refused);
      const { rows } = await backend.owner.query(`select count(*)::int as all from public.${table}`);
      const mine = owner !== null && persona().role === "authenticated" ? 1 : rows[0]?.["all"];
      expect(countOf(outcome)).toBe(mine);
    });

    it.runIf(owner !== null)("lets no user hand a row over, with a filter or without", async () => {
      const hand = `update public.${table} set ${owner} = '${bob}'`;
      expect(await backend.as(user(alice), hand)).toEqual(refused);
      expect(await backend.as(user(alice), `${hand} where ${owner} = '${alice}'`)).toEqual(refused);
    });

    it("shows a stranger with a token of no role nothing", async () => {
      const outcome = await backend.as(user(randomUUID()), `select * from public.${table}`);
      if (owner !== null) expect("refused" in outcome ? [] : outcome.rows).toEqual([]);
    });
  },
);

describe("the functions of the service", () => {
  const calls = [
    "select public.momentum_inputs(array[]::uuid[], null, 'x', 1, 1)",
    "select public.save_momentum_scores('[]', now(), 'x', 1)",
    "select public.notification_candidates(null, null, 1, 'x', 1, 1)",
    "select public.claim_notifications('[]', '[]', now())",
    "select public.record_notification_outcomes('[]', '[]')",
    "select public.log_function_call('x', null, 1, true)",
    "select private.take_allowance('x', 1, 1)",
    "select private.existing_users(array[]::uuid[])",
    "select private.users_after(null, 1)",
    "select private.prune_operational_rows()",
  ];

  it.each(calls)("%s is refused to users and visitors", async (sql) => {
    expect(await backend.as(anon, sql)).toEqual(refused);
    expect(await backend.as(user(alice), sql)).toEqual(refused);
  });
});
