import { createClient, type SupabaseClient, type User } from "npm:@supabase/supabase-js@2.45.4";

export const admin: SupabaseClient = createClient(Deno.env.get("SUPABASE_URL")!, Deno.env.get("SUPABASE_SERVICE_ROLE_KEY")!);

export async function authenticate(req: Request): Promise<User | Response> {
  const token = req.headers.get("Authorization")?.replace(/^Bearer /, "");
  if (!token) return new Response("unauthorized", { status: 401 });
  const { data, error } = await admin.auth.getUser(token);
  if (error || !data.user) return new Response("unauthorized", { status: 401 });
  return data.user;
}
