import nacl from 'npm:tweetnacl@1.0.3'
import { createClient } from 'npm:@supabase/supabase-js@2.45.4'

const fromHex = (s: string) => Uint8Array.from(s.match(/.{2}/g) ?? [], (b) => parseInt(b, 16))

function verified(publicKey: string, req: Request, body: string): boolean {
  const signature = req.headers.get('X-Signature-Ed25519') ?? ''
  const timestamp = req.headers.get('X-Signature-Timestamp') ?? ''
  if (!/^[0-9a-f]{128}$/.test(signature) || !timestamp) return false
  return nacl.sign.detached.verify(new TextEncoder().encode(timestamp + body), fromHex(signature), fromHex(publicKey))
}

Deno.serve(async (req) => {
  const publicKey = Deno.env.get('DISCORD_PUBLIC_KEY')
  if (!publicKey) {
    console.error('DISCORD_PUBLIC_KEY is missing')
    return new Response(null, { status: 500 })
  }
  const body = await req.text()
  if (!verified(publicKey, req, body)) return new Response('invalid request signature', { status: 401 })

  const interaction = JSON.parse(body)
  if (interaction.type === 1) return Response.json({ type: 1 })
  const userId = interaction.member?.user?.id
  if (interaction.type !== 2 || interaction.data?.name !== 'points' || typeof userId !== 'string') {
    return Response.json({ error: 'unknown command' }, { status: 400 })
  }

  const db = createClient(Deno.env.get('SUPABASE_URL')!, Deno.env.get('SUPABASE_SERVICE_ROLE_KEY')!)
  const { data, error } = await db.from('guild_points').select('points').eq('discord_id', userId).maybeSingle()
  if (error) {
    console.error('guild_points', error.code)
    return Response.json({ type: 4, data: { content: 'Points are not available right now.', flags: 64 } })
  }
  return Response.json({ type: 4, data: { content: `You have ${data?.points ?? 0} points.` } })
})
