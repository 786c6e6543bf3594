import { createClient } from '@supabase/supabase-js'
const client = createClient('u', 'k')
export const all = () => client.from('notes').select('id, title, headline')
