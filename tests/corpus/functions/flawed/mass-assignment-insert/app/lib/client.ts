import { useMutation } from '@tanstack/react-query'
import { supabase } from './supabase'

export function useCreateBooking() {
  return useMutation({
    mutationFn: async (input: Record<string, unknown>) => {
      const res = await supabase.functions.invoke('create-booking', { body: { ...input } })
      if (res.error) throw res.error
      return res.data
    },
  })
}
