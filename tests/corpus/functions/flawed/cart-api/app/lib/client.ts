import { supabase } from './supabase'

export async function cart(body: Record<string, unknown>) {
  const { data, error } = await supabase.functions.invoke('cart', { body })
  if (error) throw error
  return data
}
