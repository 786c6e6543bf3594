import { supabase } from './supabase'

export async function patientNotes(body: Record<string, unknown>) {
  const { data, error } = await supabase.functions.invoke('patient-notes', { body })
  if (error) throw error
  return data
}
