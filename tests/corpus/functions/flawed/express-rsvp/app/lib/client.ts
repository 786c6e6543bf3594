import { createClient } from '@supabase/supabase-js'

export const supabase = createClient(process.env.NEXT_PUBLIC_SUPABASE_URL!, process.env.NEXT_PUBLIC_SUPABASE_ANON_KEY!)

export async function rsvp(body: Record<string, unknown>) {
  const { data, error } = await supabase.functions.invoke('rsvp', { body })
  if (error) throw error
  return data
}
