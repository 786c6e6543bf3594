import { createClient, type SupabaseClient } from 'npm:@supabase/supabase-js@2.45.4'

async function sha256Hex(s: string) {
  const d = await crypto.subtle.digest('SHA-256', new TextEncoder().encode(s))
  return Array.from(new Uint8Array(d), (b) => b.toString(16).padStart(2, '0')).join('')
}

async function partner(db: SupabaseClient, key: string | null) {
  if (!key) return null
  const { data, error } = await db.from('partner_keys')
    .select('partner_id, key_hash, revoked_at, webhook_secret')
    .eq('key_hash', await sha256Hex(key))
    .is('revoked_at', null)
    .maybeSingle()
  if (error) {
    console.error(`partner lookup failed for key ${key}: ${error.code}`)
    return null
  }
  return data
}

Deno.serve(async (req) => {
  const db = createClient(Deno.env.get('SUPABASE_URL')!, Deno.env.get('SUPABASE_SERVICE_ROLE_KEY')!)
  const who = await partner(db, req.headers.get('x-api-key'))
  if (!who) return Response.json({ error: 'invalid key' }, { status: 401 })

  const { data: orders, error } = await db.from('orders')
    .select('id, status, total_cents')
    .eq('partner_id', who.partner_id)
    .order('id', { ascending: false })
    .limit(100)
  if (error) {
    console.error('orders', error.code)
    return Response.json({ error: 'unavailable' }, { status: 500 })
  }
  return Response.json({ partner: who, orders })
})
