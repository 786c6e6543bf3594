import type { SupabaseClient } from "@supabase/supabase-js";

export async function summarize(supabase: SupabaseClient) {
  const { data, error } = await supabase.functions.invoke("summarize", { body: { text: "..." } });
  if (error) throw error;
  return data;
}
