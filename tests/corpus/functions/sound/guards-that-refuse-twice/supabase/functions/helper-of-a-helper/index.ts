import { createClient } from "https://esm.sh/@supabase/supabase-js@2.49.8";
const j = (d: unknown, status = 200) => new Response(JSON.stringify(d), { status });
const admin = createClient(Deno.env.get("SUPABASE_URL")!, Deno.env.get("SUPABASE_SERVICE_ROLE_KEY")!);
async function base(req: Request): Promise<{ id: string } | Response> {
  const h = req.headers.get("Authorization");
  if (!h?.startsWith("Bearer ")) return j({ error: "no" }, 401);
  const { data: { user }, error } = await admin.auth.getUser(h.split(" ")[1]);
  if (error || !user) return j({ error: "no" }, 401);
  return user;
}
async function who(req: Request): Promise<{ userId: string } | Response> {
  const c = await base(req);
  if (c instanceof Response) return c;
  return { userId: c.id };
}
Deno.serve(async (req) => {
  const r = await who(req);
  if (r instanceof Response) return r;
  const { data, error } = await admin.from("notes").select("*").eq("user_id", r.userId);
  if (error) return j({ error: "db" }, 500);
  return j(data);
});
