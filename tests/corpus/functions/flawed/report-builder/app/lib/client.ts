import { supabase } from './supabase'

export async function runReport(body: Record<string, unknown>) {
  const { data, error } = await supabase.functions.invoke('run-report', { body })
  if (error) throw error
  return data
}
