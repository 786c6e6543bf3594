import { createClient } from "npm:@supabase/supabase-js@2.45.4";

export class Unauthorized extends Error {}

export async function requireUser(req: Request): Promise<{ id: string }> {
  const client = createClient(Deno.env.get("SUPABASE_URL")!, Deno.env.get("SUPABASE_ANON_KEY")!);
  const { data, error } = await client.auth.getUser(req.headers.get("authorization")?.slice(7) ?? "");
  if (error || !data.user) throw new Unauthorized();
  return data.user;
}
