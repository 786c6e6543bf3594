import type { Context, Next } from 'npm:hono@4.6.3'

export async function crossOrigin(c: Context, next: Next) {
  const origin = c.req.header('Origin')
  if (origin) {
    c.header('Access-Control-Allow-Origin', origin)
    c.header('Access-Control-Allow-Credentials', 'true')
    c.header('Vary', 'Origin')
  }
  if (c.req.method === 'OPTIONS') {
    c.header('Access-Control-Allow-Methods', 'GET, DELETE')
    c.header('Access-Control-Allow-Headers', 'authorization, content-type, apikey')
    return c.body(null, 204)
  }
  await next()
}
