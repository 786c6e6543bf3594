import type { SupabaseClient } from "@supabase/supabase-js";

export async function banUser(supabase: SupabaseClient) {
  const { data, error } = await supabase.functions.invoke("ban-user", { body: { targetId: "51c1c2c5-7f4a-4a33-92a0-3f0f7d5f2b11", hours: 24 } });
  if (error) throw error;
  return data;
}
