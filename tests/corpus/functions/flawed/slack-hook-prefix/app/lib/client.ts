import type { SupabaseClient } from "@supabase/supabase-js";

export async function testHook(supabase: SupabaseClient) {
  const { data, error } = await supabase.functions.invoke("test-hook", { body: { hookUrl: "https://hooks.slack.com/services/T/B/x" } });
  if (error) throw error;
  return data;
}
