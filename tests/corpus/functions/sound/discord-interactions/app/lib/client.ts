import { supabase } from './supabase'

export async function discord(body: Record<string, unknown>) {
  const { data, error } = await supabase.functions.invoke('discord', { body })
  if (error) throw error
  return data
}
