import { create, getNumericDate, verify } from 'https://deno.land/x/djwt@v3.0.2/mod.ts'

const enc = new TextEncoder()

async function hmacKey(name: string, usages: KeyUsage[]) {
  const secret = Deno.env.get(name)
  if (!secret) throw new Error(`${name} is not configured`)
  return await crypto.subtle.importKey('raw', enc.encode(secret), { name: 'HMAC', hash: 'SHA-256' }, false, usages)
}

async function userFrom(header: string | null): Promise<string | null> {
  const key = await hmacKey('JWT_SECRET', ['verify'])
  try {
    const claims = await verify(header?.replace('Bearer ', '') ?? '', key, { audience: 'authenticated' })
    return typeof claims.sub === 'string' ? claims.sub : null
  } catch (e) {
    console.warn('token refused', e instanceof Error ? e.message : e)
    return null
  }
}

Deno.serve(async (req) => {
  try {
    const userId = await userFrom(req.headers.get('Authorization'))
    if (!userId) return Response.json({ error: 'unauthorized' }, { status: 401 })
    const ticket = await create(
      { alg: 'HS256', typ: 'JWT' },
      { sub: userId, aud: 'game-server', exp: getNumericDate(60) },
      await hmacKey('GAME_TICKET_SECRET', ['sign']),
    )
    return Response.json({ ticket, expiresIn: 60 })
  } catch (e) {
    console.error('realtime-ticket', e)
    return Response.json({ error: 'no ticket' }, { status: 500 })
  }
})
