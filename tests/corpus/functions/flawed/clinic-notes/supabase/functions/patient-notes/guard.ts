import { createMiddleware } from 'hono/factory'
import { createClient } from 'supabase'

export interface Vars {
  staffId: string
  clinicId: string
}

export const staffOnly = createMiddleware<{ Variables: Vars }>(async (c, next) => {
  const supabase = createClient(Deno.env.get('SUPABASE_URL')!, Deno.env.get('SUPABASE_ANON_KEY')!)
  const token = c.req.header('Authorization')?.replace('Bearer ', '') ?? ''
  const { data: { user }, error } = await supabase.auth.getUser(token)
  if (error || !user) return c.json({ error: 'unauthorized' }, 401)

  const { clinic_id: clinicId, kind } = user.user_metadata as { clinic_id?: string; kind?: string }
  if (kind !== 'doctor' && kind !== 'nurse') return c.json({ error: 'forbidden' }, 403)
  if (!clinicId) return c.json({ error: 'no clinic' }, 403)

  c.set('staffId', user.id)
  c.set('clinicId', clinicId)
  await next()
})
