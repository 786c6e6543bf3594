import type { SupabaseClient } from "@supabase/supabase-js";

export async function passwordHelp(supabase: SupabaseClient) {
  const { data, error } = await supabase.functions.invoke("password-help", { body: { email: "ada@example.com" } });
  if (error) throw error;
  return data;
}
