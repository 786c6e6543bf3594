import type { SupabaseClient } from "@supabase/supabase-js";

export async function moveCard(supabase: SupabaseClient) {
  const { data, error } = await supabase.functions.invoke("move-card", { body: { cardId: 5, column: "done" } });
  if (error) throw error;
  return data;
}
