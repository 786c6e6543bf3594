import { SupabaseClient } from "https://esm.sh/@supabase/supabase-js@2.39.0";

export function save(client: unknown): string {
  return client instanceof SupabaseClient ? "saved" : "lost";
}
