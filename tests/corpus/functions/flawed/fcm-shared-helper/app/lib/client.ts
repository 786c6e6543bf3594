import type { SupabaseClient } from "@supabase/supabase-js";

export async function orderReady(supabase: SupabaseClient) {
  const { data, error } = await supabase.functions.invoke("order-ready", { body: { orderId: 77 } });
  if (error) throw error;
  return data;
}
