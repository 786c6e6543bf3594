import type { SupabaseClient } from "@supabase/supabase-js";

export async function trackEvent(supabase: SupabaseClient) {
  const { data, error } = await supabase.functions.invoke("track-event", { body: { name: "opened" } });
  if (error) throw error;
  return data;
}
