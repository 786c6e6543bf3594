import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type Backend, openBackend } from "../support/backend.ts";

let backend: Backend;
let alice: string;

beforeAll(async () => {
  backend = await openBackend();
  alice = await backend.createUser();
});
afterAll(() => backend.close());

describe("what the tables refuse", () => {
  const event = (columns: string, values: string) =>
    `insert into public.engagement_events (user_id, ${columns}) values ($1, ${values})`;
  const scoreOf = (
    raw: string,
    final: string,
    state: string,
    version = "v1.0",
    count = 0,
    breakdown = "{}",
  ) =>
    `insert into public.daily_engagement_scores (user_id, score_date, raw_score, final_score, momentum_state, algorithm_version, events_count, breakdown)
     values ($1, '2025-01-01', ${raw}, ${final}, '${state}', '${version}', ${count}, '${breakdown}')`;
  const preference = (column: string, given: string) =>
    `insert into public.notification_preferences (user_id, ${column}) values ($1, ${given})`;
  const token = (platform: string, text: string) =>
    `insert into public.user_fcm_tokens (user_id, platform, token) values ($1, '${platform}', ${text})`;

  const refusals: readonly (readonly [string, string, string])[] = [
    ["an event type in capitals", event("event_type", "'Lesson'"), "23514"],
    ["an event type with SQL in it", event("event_type", "'x; drop table y'"), "23514"],
    [
      "an event of megabytes",
      event("event_type, value", "'lesson', jsonb_build_object('x', repeat('x', 9000))"),
      "23514",
    ],
    ["an empty idempotency key", event("event_type, idempotency_key", "'lesson', ''"), "23514"],
    [
      "an event of nobody",
      "insert into public.engagement_events (user_id, event_type) select gen_random_uuid(), 'lesson' where $1::uuid is not null",
      "23503",
    ],
    ["a raw score above 100", scoreOf("100.01", "1", "Steady"), "23514"],
    ["a final score below 0", scoreOf("1", "-0.01", "Steady"), "23514"],
    ["an unknown state", scoreOf("1", "1", "Thriving"), "23514"],
    ["a version that is none", scoreOf("1", "1", "Steady", "latest"), "23514"],
    ["a negative number of events", scoreOf("1", "1", "Steady", "v1.0", -1), "23514"],
    ["a breakdown that is a list", scoreOf("1", "1", "Steady", "v1.0", 0, "[]"), "23514"],
    ["an unknown platform", token("windows", "repeat('t', 40)"), "23514"],
    ["a token with spaces", token("web", "repeat('t ', 20)"), "23514"],
    ["a token that is too short", token("web", "'t'"), "23514"],
    ["an unknown frequency", preference("frequency", "'hourly'"), "23514"],
    ["a time zone that does not exist", preference("time_zone", "'Mars/Olympus'"), "22023"],
    ["a time zone in POSIX spelling", preference("time_zone", "'America/Foo5'"), "23514"],
    ["an offset for a time zone", preference("time_zone", "'+05:00'"), "23514"],
    ["quiet hours that start at 24:00", preference("quiet_hours_start", "'24:00'"), "23514"],
    [
      "a notification of an unknown type",
      "insert into public.momentum_notifications (user_id, type, trigger_date, title, body) values ($1, 'spam', '2025-01-01', 't', 'b')",
      "23514",
    ],
    [
      "a notification in an unknown status",
      "insert into public.momentum_notifications (user_id, type, trigger_date, title, body, status) values ($1, 'celebration', '2025-01-01', 't', 'b', 'read')",
      "23514",
    ],
    [
      "an interaction with content that does not exist",
      "insert into public.user_content_interactions (user_id, content_id, interaction_type) values ($1, gen_random_uuid(), 'view')",
      "23503",
    ],
    [
      "feed content with a link that is not https",
      "insert into public.daily_feed_content (content_date, title, summary, topic, content_url) select '2025-01-01', 't', 's', 'sleep', 'javascript:alert(1)' where $1::uuid is not null",
      "23514",
    ],
    [
      "a minimum app version that is none",
      "insert into public.feature_flags (key, minimum_app_version) select 'app', '1.2' where $1::uuid is not null",
      "23514",
    ],
  ];

  it.each(refusals)("%s", async (_, sql, sqlState) => {
    await expect(backend.owner.query(sql, [alice])).rejects.toMatchObject({ code: sqlState });
  });

  it("takes every zone an app may name, and none", async () => {
    for (const zone of [
      "UTC",
      "Europe/Berlin",
      "America/Argentina/Buenos_Aires",
      "America/Port-au-Prince",
      "Etc/GMT+5",
      null,
    ]) {
      await backend.owner.query("delete from public.notification_preferences");
      await backend.owner.query(
        "insert into public.notification_preferences (user_id, time_zone) values ($1, $2)",
        [alice, zone],
      );
    }
  });
});
