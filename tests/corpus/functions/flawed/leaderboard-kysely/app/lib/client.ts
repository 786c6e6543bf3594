import { supabase } from './supabase'

export async function leaderboard(body: Record<string, unknown>) {
  const { data, error } = await supabase.functions.invoke('leaderboard', { body })
  if (error) throw error
  return data
}
