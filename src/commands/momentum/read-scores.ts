import * as z from "zod";
import type { StoredScore } from "../../plan/momentum-accuracy.ts";
import type { DatabaseReader } from "../../ports/database.ts";

/**
 * A sample of the stored scores, spread evenly over users and days by a digest of their ids, each with the inputs the
 * calculator had: the day in the user's zone, the events that were there when it read them, the 30 days before.
 */
const sampleSql = `
select
  s.user_id, s.score_date::text as date, s.raw_score::float8 as raw_score, s.final_score::float8 as final_score,
  s.momentum_state as state, s.events_count, s.algorithm_version,
  coalesce(events.counts, '[]') as events,
  coalesce(history.days, '[]') as history,
  coalesce(events.later, false) or coalesce(history.later, false)
    or coalesce(p.updated_at > s.calculated_at, false) as changed_since
from public.daily_engagement_scores as s
left join public.notification_preferences as p on p.user_id = s.user_id
left join lateral (
  select
    jsonb_agg(jsonb_build_array(e.event_type, e.before)) filter (where e.before > 0) as counts,
    bool_or(e.after > 0) as later
  from (
    select ev.event_type,
      count(*) filter (where ev.created_at <= s.calculated_at) as before,
      count(*) filter (where ev.created_at > s.calculated_at) as after
    from public.engagement_events as ev
    where ev.user_id = s.user_id
      and ev.occurred_at >= (s.score_date::timestamp at time zone 'UTC') - interval '14 hours'
      and ev.occurred_at < (s.score_date::timestamp at time zone 'UTC') + interval '36 hours'
      and (ev.occurred_at at time zone coalesce(p.time_zone, 'UTC'))::date = s.score_date
    group by ev.event_type
  ) as e
) as events on true
left join lateral (
  select
    jsonb_agg(jsonb_build_array(h.score_date, h.final_score, h.momentum_state)) as days,
    bool_or(h.calculated_at > s.calculated_at) as later
  from public.daily_engagement_scores as h
  where h.user_id = s.user_id and h.score_date >= s.score_date - 30 and h.score_date < s.score_date
) as history on true
order by md5(s.id::text)
limit $1`;

const rowSchema = z
  .object({
    user_id: z.string(),
    date: z.string(),
    raw_score: z.number(),
    final_score: z.number(),
    state: z.string(),
    events_count: z.int(),
    algorithm_version: z.string(),
    events: z.array(z.tuple([z.string(), z.int()])),
    history: z.array(z.tuple([z.string(), z.number(), z.enum(["Rising", "Steady", "NeedsCare"])])),
    changed_since: z.boolean(),
  })
  .transform(
    (row): StoredScore => ({
      userId: row.user_id,
      date: row.date,
      rawScore: row.raw_score,
      finalScore: row.final_score,
      state: row.state,
      eventsCount: row.events_count,
      algorithmVersion: row.algorithm_version,
      events: row.events,
      history: row.history.map(([date, finalScore, state]) => ({ date, finalScore, state })),
      changedSince: row.changed_since,
    }),
  );

const thereSql = "select to_regclass('public.daily_engagement_scores') is not null as there";

/** Empty when the table is not there. */
export async function readScores(database: DatabaseReader, limit: number): Promise<readonly StoredScore[]> {
  const [there] = await database.query<{ there: boolean }>(thereSql);
  if (there?.there !== true) return [];
  const rows = await database.query<object>(sampleSql, [limit]);
  return rows.map((row) => rowSchema.parse(row));
}
