import { createClient } from 'npm:@supabase/supabase-js@2.45.4'
import { z } from 'npm:zod@3.23.8'

const Mail = z.object({
  From: z.string().max(320),
  To: z.string().max(320),
  Subject: z.string().max(998).default(''),
  TextBody: z.string().max(200_000).default(''),
  MessageID: z.string().max(200),
})

const expected = Deno.env.get('INBOUND_TOKEN')

Deno.serve(async (req) => {
  const given = new URL(req.url).searchParams.get('token') ?? undefined
  if (given !== expected) {
    return new Response('forbidden', { status: 403 })
  }

  const payload = await req.json().catch(() => null)
  console.log('inbound mail', JSON.stringify(payload))
  const mail = Mail.safeParse(payload)
  if (!mail.success) return new Response('unprocessable', { status: 422 })

  const db = createClient(Deno.env.get('SUPABASE_URL')!, Deno.env.get('SUPABASE_SERVICE_ROLE_KEY')!)
  const { error } = await db.from('tickets').insert({
    message_id: mail.data.MessageID,
    sender: mail.data.From,
    subject: mail.data.Subject,
    text: mail.data.TextBody,
  })
  if (error && error.code !== '23505') {
    console.error('ticket insert', error.code)
    return new Response('retry', { status: 500 })
  }
  return new Response('ok')
})
