import { supabase } from './supabase'

export async function stripeEvents(body: Record<string, unknown>) {
  const { data, error } = await supabase.functions.invoke('stripe-events', { body })
  if (error) throw error
  return data
}
