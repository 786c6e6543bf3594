import { createClient, type SupabaseClient } from "@supabase/supabase-js";
import WebSocket from "ws";

export interface AppUser {
  readonly client: SupabaseClient;
  readonly id: string;
}

/** Signs up with the app's own client, as the app does. */
export async function signUp(
  { url, publishableKey }: { readonly url: string; readonly publishableKey: string },
  email: string,
): Promise<AppUser> {
  const client = createClient(url, publishableKey, {
    auth: { persistSession: false },
    realtime: { transport: WebSocket as never },
  });
  const { data, error } = await client.auth.signUp({ email, password: "correct horse battery" });
  if (error != null || data.user == null) throw error ?? new Error("no user");
  return { client, id: data.user.id };
}
