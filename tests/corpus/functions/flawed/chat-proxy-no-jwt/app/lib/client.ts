import type { SupabaseClient } from "@supabase/supabase-js";

export async function chatComplete(supabase: SupabaseClient) {
  const { data, error } = await supabase.functions.invoke("chat-complete", { body: { messages: [{ role: "user", content: "hi" }], maxTokens: 200 } });
  if (error) throw error;
  return data;
}
