import { createClient } from 'https://esm.sh/@supabase/supabase-js@2.45.4'
import { handleOptions, withCors } from '../_shared/cors.ts'

Deno.serve(async (req) => {
  const pre = handleOptions(req)
  if (pre) return pre

  const authorization = req.headers.get('Authorization')
  if (!authorization) return withCors({ error: 'unauthorized' }, 401)

  const admin = createClient(Deno.env.get('SUPABASE_URL')!, Deno.env.get('SUPABASE_SERVICE_ROLE_KEY')!)
  const { data: { user }, error: userError } = await admin.auth.getUser(authorization.replace('Bearer ', ''))
  if (userError || !user) return withCors({ error: 'unauthorized' }, 401)

  try {
    const updates = await req.json()
    const { data, error } = await admin
      .from('profiles')
      .update({ ...updates, updated_at: new Date().toISOString() })
      .eq('id', user.id)
      .select('id, display_name, avatar_url')
      .single()
    if (error) {
      console.error('profile update', error.code)
      return withCors({ error: 'update failed' }, 500)
    }
    return withCors({ profile: data })
  } catch (e) {
    console.error('save-profile', e)
    return withCors({ error: 'bad request' }, 400)
  }
})
