import type { SupabaseClient } from "@supabase/supabase-js";

export async function googleSignin(supabase: SupabaseClient) {
  const { data, error } = await supabase.functions.invoke("google-signin", { body: { credential: "eyJ.." } });
  if (error) throw error;
  return data;
}
