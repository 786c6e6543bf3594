/** A query that the app sends often, in the shape PostgREST gives it. */
export interface HotQuery {
  readonly name: string;
  /** In schema public; a project without it does not send the query. */
  readonly table: string;
  /** `$1` is the user's id where it is asked for; casts, because parameters have no type by themselves. */
  readonly sql: string;
  readonly takesUser: boolean;
}

/** The app's own (app/lib): what its screens read, and what it writes most. Each runs in a transaction that is rolled back. */
const hotQueries: readonly HotQuery[] = [
  {
    name: "latest score",
    table: "daily_engagement_scores",
    sql: "select score_date, final_score, momentum_state, events_count, calculated_at from public.daily_engagement_scores where user_id = $1::uuid order by score_date desc limit 1",
    takesUser: true,
  },
  {
    name: "log event",
    table: "engagement_events",
    sql: "insert into public.engagement_events (user_id, event_type, idempotency_key, occurred_at, value) values ($1::uuid, 'app_session', gen_random_uuid()::text, now(), '{}') on conflict (user_id, idempotency_key) do nothing",
    takesUser: true,
  },
  {
    name: "events of the day",
    table: "engagement_events",
    sql: "select event_type, occurred_at, value from public.engagement_events where occurred_at >= date_trunc('day', now()) order by occurred_at desc limit 100",
    takesUser: false,
  },
  {
    name: "score history",
    table: "daily_engagement_scores",
    sql: "select score_date, final_score, momentum_state from public.daily_engagement_scores order by score_date desc limit 30",
    takesUser: false,
  },
  {
    name: "feature flags",
    table: "feature_flags",
    sql: "select key, enabled, minimum_app_version from public.feature_flags",
    takesUser: false,
  },
  {
    name: "notifications",
    table: "momentum_notifications",
    sql: "select id, type, title, body, action, status, created_at from public.momentum_notifications order by created_at desc limit 20",
    takesUser: false,
  },
  {
    name: "preferences",
    table: "notification_preferences",
    sql: "select notifications_enabled, frequency, quiet_hours_enabled, time_zone from public.notification_preferences where user_id = $1::uuid",
    takesUser: true,
  },
  {
    name: "today's feed",
    table: "daily_feed_content",
    sql: "select id, content_date, title, summary, topic, content_url from public.daily_feed_content order by content_date desc limit 1",
    takesUser: false,
  },
];

/** Those whose table is there. */
export function chooseHotQueries(tables: readonly string[]): readonly HotQuery[] {
  return hotQueries.filter(({ table }) => tables.includes(table));
}
