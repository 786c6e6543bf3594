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
async function who(req: Request) {
  const c = await base(req);
  if (c instanceof Response) return c;
  const { data: p } = await admin.from("users").select("role").eq("id", c.id).single();
  if (p?.role !== "admin") return j({ error: "no" }, 403);
  return c;
}
Deno.serve(async (req) => {
  const r = await who(req);
  if (r instanceof Response) return r;
  const { userId } = await req.json();
  if (typeof userId !== "string") return j({ error: "bad" }, 400);
  const { error } = await admin.auth.admin.deleteUser(userId);
  if (error) return j({ error: "db" }, 500);
  return j({ ok: true });
});
