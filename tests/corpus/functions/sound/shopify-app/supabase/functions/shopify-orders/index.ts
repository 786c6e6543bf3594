import { createHmac, timingSafeEqual } from 'node:crypto'
import { Buffer } from 'node:buffer'
import { createClient } from 'npm:@supabase/supabase-js@2.45.4'

function env(name: string): string {
  const v = Deno.env.get(name)
  if (!v) throw new Error(`${name} missing`)
  return v
}

type Order = { id: number; name: string; total_price: string; financial_status: string }

function asOrder(v: unknown): Order | undefined {
  const o = v as Record<string, unknown> | null
  if (typeof o?.id !== 'number' || typeof o.name !== 'string') return undefined
  if (typeof o.total_price !== 'string' || typeof o.financial_status !== 'string') return undefined
  return { id: o.id, name: o.name, total_price: o.total_price, financial_status: o.financial_status }
}

Deno.serve(async (req) => {
  try {
    const raw = Buffer.from(await req.arrayBuffer())
    const given = Buffer.from(req.headers.get('X-Shopify-Hmac-Sha256') ?? '', 'base64')
    const wanted = createHmac('sha256', env('SHOPIFY_API_SECRET')).update(raw).digest()
    if (given.length !== wanted.length || !timingSafeEqual(given, wanted)) return new Response(null, { status: 401 })

    const shop = req.headers.get('X-Shopify-Shop-Domain') ?? ''
    if (!/^[a-z0-9-]+\.myshopify\.com$/.test(shop)) return new Response(null, { status: 400 })
    const order = asOrder(JSON.parse(raw.toString('utf8')))
    if (!order) return new Response(null, { status: 422 })

    const db = createClient(env('SUPABASE_URL'), env('SUPABASE_SERVICE_ROLE_KEY'))
    const { error } = await db.from('shop_orders').upsert({ shop, ...order }, { onConflict: 'shop,id' })
    if (error) throw error
    return new Response(null, { status: 200 })
  } catch (e) {
    console.error('shopify-orders', e)
    return new Response(null, { status: 500 })
  }
})
