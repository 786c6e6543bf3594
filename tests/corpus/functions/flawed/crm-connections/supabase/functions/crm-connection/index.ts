import { createClient } from 'jsr:@supabase/supabase-js@2.45.4'
import { z } from 'npm:zod@3.23.8'

const Body = z.object({ provider: z.enum(['hubspot', 'pipedrive', 'close']) })

const reply = (status: number, body: unknown) => Response.json(body, { status })

Deno.serve(async (req) => {
  const url = Deno.env.get('SUPABASE_URL')!
  const asUser = createClient(url, Deno.env.get('SUPABASE_ANON_KEY')!, {
    global: { headers: { Authorization: req.headers.get('Authorization') ?? '' } },
  })
  const { data: { user } } = await asUser.auth.getUser()
  if (!user) return reply(401, { error: 'unauthenticated' })

  const parsed = Body.safeParse(await req.json().catch(() => null))
  if (!parsed.success) return reply(400, { error: 'invalid_body' })

  const admin = createClient(url, Deno.env.get('SUPABASE_SERVICE_ROLE_KEY')!)
  const { data: member, error: memberError } = await admin
    .from('workspace_members')
    .select('workspace_id')
    .eq('user_id', user.id)
    .maybeSingle()
  if (memberError) {
    console.error('membership', memberError.code)
    return reply(500, { error: 'internal' })
  }
  if (!member) return reply(403, { error: 'no_workspace' })

  const { data: connection, error } = await admin
    .from('crm_connections')
    .select('provider, account_name, access_token, refresh_token, expires_at')
    .eq('workspace_id', member.workspace_id)
    .eq('provider', parsed.data.provider)
    .maybeSingle()
  if (error) {
    console.error('crm_connections', error.code)
    return reply(500, { error: 'internal' })
  }
  if (!connection) return reply(404, { error: 'not_connected' })

  return reply(200, { connection, expired: new Date(connection.expires_at) < new Date() })
})
