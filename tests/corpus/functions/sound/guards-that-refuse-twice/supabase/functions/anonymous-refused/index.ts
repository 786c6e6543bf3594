import { createClient } from "https://esm.sh/@supabase/supabase-js@2.49.8";
const j = (d: unknown, status = 200) => new Response(JSON.stringify(d), { status });
const admin = createClient(Deno.env.get("SUPABASE_URL")!, Deno.env.get("SUPABASE_SERVICE_ROLE_KEY")!);
async function who(req: Request) {
  const { data: { user }, error } = await admin.auth.getUser((req.headers.get("Authorization") ?? "").replace("Bearer ", "")); if (error || !user) return j({ error: "no" }, 401); const { data: p, error: pe } = await admin.from('profiles').select('active').eq('id', user.id).single(); if (pe) return j({ error: 'db' }, 500);
  return user;
}
Deno.serve(async (req) => {
  const r = await who(req);
  if (r instanceof Response) return r;
  const { data, error } = await admin.from("notes").select("id").eq("user_id", r.id);
  if (error) return j({ error: "db" }, 500);
  return j(data);
});
