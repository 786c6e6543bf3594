import express from 'npm:express@4.19.2'
import type { NextFunction, Request, Response } from 'npm:@types/express@4.17.21'
import { createClient } from 'npm:@supabase/supabase-js@2.45.4'

const app = express()
app.use(express.json({ limit: '20kb' }))

const admin = createClient(Deno.env.get('SUPABASE_URL')!, Deno.env.get('SUPABASE_SERVICE_ROLE_KEY')!)

async function signedIn(req: Request, res: Response, next: NextFunction) {
  const token = (req.headers.authorization ?? '').replace('Bearer ', '')
  const { data, error } = await admin.auth.getUser(token)
  if (error || !data.user) {
    res.status(401).json({ error: 'unauthorized' })
    return
  }
  res.locals.user = data.user
  next()
}

app.use('/rsvp', signedIn)

app.get('/rsvp/:event', async (req: Request, res: Response) => {
  const { data, error } = await admin.from('rsvps').select('answer, plus')
    .eq('event_id', req.params.event).eq('user_id', res.locals.user.id).maybeSingle()
  if (error) {
    console.error('rsvps', error.code)
    res.status(500).json({ error: 'unavailable' })
    return
  }
  res.json({ rsvp: data })
})

app.put('/rsvp/:event', async (req: Request, res: Response) => {
  const { error } = await admin.from('rsvps').upsert({
    ...req.body,
    event_id: req.params.event,
    user_id: res.locals.user.id,
  })
  if (error) {
    console.error('rsvp upsert', error.code)
    res.status(500).json({ error: error.message })
    return
  }
  res.status(204).end()
})

app.listen(8000)
