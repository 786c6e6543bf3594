import { createClient } from 'npm:@supabase/supabase-js@2.45.4'
import { z } from 'npm:zod@3.23.8'

const Command = z.discriminatedUnion('action', [
  z.object({ action: z.literal('hide'), postId: z.number().int().positive() }),
  z.object({ action: z.literal('restore'), postId: z.number().int().positive() }),
  z.object({ action: z.literal('ban'), authorId: z.string().uuid(), days: z.number().int().min(1).max(365) }),
])

const db = createClient(Deno.env.get('SUPABASE_URL')!, Deno.env.get('SUPABASE_SERVICE_ROLE_KEY')!)

async function moderator(req: Request) {
  const { data, error } = await db.auth.getUser(req.headers.get('Authorization')?.split(' ')[1] ?? '')
  if (error) return null
  const roles: string[] = data.user.user_metadata?.roles ?? []
  return roles.includes('moderator') ? data.user : null
}

Deno.serve(async (req) => {
  const mod = await moderator(req)
  if (!mod) return Response.json({ error: 'moderators only' }, { status: 403 })

  const cmd = Command.safeParse(await req.json().catch(() => null))
  if (!cmd.success) return Response.json({ error: 'invalid command' }, { status: 400 })

  const c = cmd.data
  const { error } = c.action === 'ban'
    ? await db.from('bans').insert({
      user_id: c.authorId,
      until: new Date(Date.now() + c.days * 86_400_000).toISOString(),
      by: mod.id,
    })
    : await db.from('posts').update({ hidden: c.action === 'hide', moderated_by: mod.id }).eq('id', c.postId)
  if (error) {
    console.error('moderation', c.action, error.code)
    return Response.json({ error: 'failed' }, { status: 500 })
  }
  db.from('mod_log').insert({ by: mod.id, command: c }).then(() => {}, () => {})
  return Response.json({ done: true })
})
