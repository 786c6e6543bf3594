import { sql } from 'kysely'
import { kysely } from './db.ts'

const SEASONS = /^s\d{1,2}$/

Deno.serve(async (req) => {
  const p = new URL(req.url).searchParams
  const season = p.get('season') ?? 's1'
  const order = p.get('order') ?? 'score desc'
  const take = Math.min(Math.max(Number(p.get('take')) || 20, 1), 100)
  if (!SEASONS.test(season)) return Response.json({ error: 'season' }, { status: 400 })

  try {
    const rows = await kysely()
      .selectFrom('scores')
      .select(['nickname', 'email', 'score', 'wins'])
      .where('season', '=', season)
      .orderBy(sql.raw(order))
      .limit(take)
      .execute()
    return Response.json({ rows })
  } catch (e) {
    console.error('leaderboard', e)
    return Response.json({ error: 'unavailable' }, { status: 500 })
  }
})
