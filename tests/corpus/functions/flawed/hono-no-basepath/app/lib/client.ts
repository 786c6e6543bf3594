import type { SupabaseClient } from "@supabase/supabase-js";

export async function convert(supabase: SupabaseClient, from: string, to: string, amount: number) {
  const { data, error } = await supabase.functions.invoke("currency/convert", { body: { from, to, amount } });
  if (error) throw error;
  return data as { amount: number; currency: string };
}
