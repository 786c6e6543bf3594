import type { SupabaseClient } from "@supabase/supabase-js";

export async function taxQuote(supabase: SupabaseClient) {
  const { data, error } = await supabase.functions.invoke("tax-quote", { body: { country: "DE", amount: 1999 } });
  if (error) throw error;
  return data;
}
