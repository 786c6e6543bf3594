import { supabase } from './supabase'

export async function registerMember(body: Record<string, unknown>) {
  const { data, error } = await supabase.functions.invoke('register-member', { body })
  if (error) throw error
  return data
}
