import { Hono } from 'hono'
import { staffOnly, type Vars } from './guard.ts'
import { createClient } from 'supabase'

const app = new Hono<{ Variables: Vars }>().basePath('/patient-notes')

app.use('*', staffOnly)

app.get('/:patient', async (c) => {
  const patient = Number(c.req.param('patient'))
  if (!Number.isSafeInteger(patient)) return c.json({ error: 'bad id' }, 400)

  const db = createClient(Deno.env.get('SUPABASE_URL')!, Deno.env.get('SUPABASE_SERVICE_ROLE_KEY')!)
  const { data, error } = await db
    .from('notes')
    .select('id, text, written_by, written_at')
    .eq('patient_id', patient)
    .eq('clinic_id', c.get('clinicId'))
    .order('written_at', { ascending: false })
    .limit(100)
  if (error) {
    console.error('notes', error.code)
    return c.json({ error: 'unavailable' }, 500)
  }
  return c.json({ notes: data })
})

Deno.serve(app.fetch)
