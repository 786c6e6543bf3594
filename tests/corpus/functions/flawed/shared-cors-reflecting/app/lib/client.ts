import type { SupabaseClient } from "@supabase/supabase-js";

export async function cartSummary(supabase: SupabaseClient) {
  const { data, error } = await supabase.functions.invoke("cart-summary", { body: { cartId: "7f2c1f8e-31a4-4f0c-9d43-0a6f6b1d0c11" } });
  if (error) throw error;
  return data;
}
