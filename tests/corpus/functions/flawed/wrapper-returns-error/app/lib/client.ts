import type { SupabaseClient } from "@supabase/supabase-js";

export async function geocode(supabase: SupabaseClient) {
  const { data, error } = await supabase.functions.invoke("geocode", { body: { q: "Sergels torg" } });
  if (error) throw error;
  return data;
}

export async function distance(supabase: SupabaseClient) {
  const { data, error } = await supabase.functions.invoke("distance", { body: { from: [59.3, 18.0], to: [57.7, 11.9] } });
  if (error) throw error;
  return data;
}
