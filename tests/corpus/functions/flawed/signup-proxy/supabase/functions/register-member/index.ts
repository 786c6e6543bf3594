import * as v from 'valibot'
import { createClient } from '@supabase/supabase-js'
import { captchaPassed } from './captcha.ts'

const Registration = v.object({
  email: v.pipe(v.string(), v.email(), v.maxLength(254)),
  password: v.pipe(v.string(), v.minLength(10), v.maxLength(72)),
  fullName: v.pipe(v.string(), v.minLength(1), v.maxLength(120)),
  captcha: v.pipe(v.string(), v.maxLength(2048)),
})

Deno.serve(async (req) => {
  if (req.method !== 'POST') return new Response('method not allowed', { status: 405 })

  const input = v.safeParse(Registration, await req.json().catch(() => undefined))
  if (!input.success) {
    return Response.json({ error: 'invalid_input' }, { status: 400 })
  }
  const member = input.output
  console.info('registration attempt', JSON.stringify(member))

  if (!(await captchaPassed(member.captcha))) {
    return Response.json({ error: 'captcha' }, { status: 403 })
  }

  const anon = createClient(Deno.env.get('SUPABASE_URL')!, Deno.env.get('SUPABASE_ANON_KEY')!)
  const { error } = await anon.auth.signUp({
    email: member.email,
    password: member.password,
    options: { data: { full_name: member.fullName } },
  })
  if (error) {
    console.warn('signUp rejected', error.status)
    return Response.json({ error: 'signup_rejected' }, { status: 422 })
  }
  return Response.json({ status: 'check_inbox' }, { status: 202 })
})
