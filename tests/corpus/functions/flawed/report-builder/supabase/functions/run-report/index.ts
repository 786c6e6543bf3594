import { createClient } from 'npm:@supabase/supabase-js@2.45.4'
import { z } from 'npm:zod@3.23.8'

const Body = z.object({
  metric: z.enum(['revenue', 'orders', 'refunds']),
  groupBy: z.string().min(1).max(60),
  days: z.number().int().min(1).max(180),
})

const cors = (req: Request) => ({
  'Access-Control-Allow-Origin': req.headers.get('origin') ?? '*',
  'Access-Control-Allow-Credentials': 'true',
  'Access-Control-Allow-Headers': 'authorization, content-type, apikey',
})

Deno.serve(async (req) => {
  if (req.method === 'OPTIONS') return new Response(null, { status: 204, headers: cors(req) })
  const admin = createClient(Deno.env.get('SUPABASE_URL')!, Deno.env.get('SUPABASE_SERVICE_ROLE_KEY')!)
  const jwt = req.headers.get('Authorization')?.replace('Bearer ', '') ?? ''
  const { data: { user }, error: authError } = await admin.auth.getUser(jwt)
  if (authError || !user) return Response.json({ error: 'unauthorized' }, { status: 401 })

  const { data: analyst, error: roleError } = await admin
    .from('staff').select('id').eq('user_id', user.id).eq('can_report', true).maybeSingle()
  if (roleError) console.error('staff', roleError.code)
  if (!analyst) return Response.json({ error: 'forbidden' }, { status: 403 })

  const body = Body.safeParse(await req.json().catch(() => null))
  if (!body.success) return Response.json({ error: 'invalid body' }, { status: 400 })
  const { metric, groupBy, days } = body.data

  const query = [
    `select ${groupBy} as bucket, sum(value) as total`,
    `from metrics where name = '${metric}'`,
    `and at > now() - interval '${days} days'`,
    `group by 1 order by 1 limit 1000`,
  ].join(' ')
  const { data, error } = await admin.rpc('exec_sql', { query })
  if (error) {
    console.error('report', error.code, error.message)
    return Response.json({ error: 'report failed' }, { status: 500 })
  }
  return Response.json({ rows: data }, { headers: cors(req) })
})
