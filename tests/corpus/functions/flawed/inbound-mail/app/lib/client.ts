import { supabase } from './supabase'

export async function inboundMail(body: Record<string, unknown>) {
  const { data, error } = await supabase.functions.invoke('inbound-mail', { body })
  if (error) throw error
  return data
}
