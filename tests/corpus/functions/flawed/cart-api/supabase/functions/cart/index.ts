import { Hono } from 'npm:hono@4.6.3'
import { createClient } from 'npm:@supabase/supabase-js@2.45.4'
import { crossOrigin } from '../_shared/http.ts'

const app = new Hono().basePath('/cart')
app.use('*', crossOrigin)

function clientFor(auth: string | undefined) {
  return createClient(Deno.env.get('SUPABASE_URL')!, Deno.env.get('SUPABASE_ANON_KEY')!, {
    global: { headers: { Authorization: auth ?? '' } },
  })
}

app.get('/items', async (c) => {
  const db = clientFor(c.req.header('Authorization'))
  const { data, error } = await db.from('cart_items').select('id, sku, qty').limit(200)
  if (error) {
    console.error('cart items', error.code)
    return c.json({ error: 'unavailable' }, 500)
  }
  return c.json({ items: data })
})

app.delete('/items/:id', async (c) => {
  const id = c.req.param('id')
  if (!/^[0-9a-f-]{36}$/.test(id)) return c.json({ error: 'bad id' }, 400)
  const db = clientFor(c.req.header('Authorization'))
  const { error } = await db.from('cart_items').delete().eq('id', id)
  if (error) {
    console.error('cart delete', error.code)
    return c.json({ error: 'unavailable' }, 500)
  }
  return c.body(null, 204)
})

Deno.serve(app.fetch)
