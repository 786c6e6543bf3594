import { useMutation } from '@tanstack/react-query'
import { supabase } from './supabase'

export function useCancelBooking() {
  return useMutation({
    mutationFn: async (input: Record<string, unknown>) => {
      const res = await supabase.functions.invoke('cancel-booking', { body: { ...input } })
      if (res.error) throw res.error
      return res.data
    },
  })
}
