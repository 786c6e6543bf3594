import { createClient } from "npm:@supabase/supabase-js@2.45.4";

const reply = (status: number, body: unknown): Response => Response.json(body, { status });

Deno.serve(async (req) => {
  const header = req.headers.get("Authorization");
  if (!header?.startsWith("Bearer ")) return reply(401, { error: "unauthorized" });
  const url = Deno.env.get("SUPABASE_URL")!;
  const caller = createClient(url, Deno.env.get("SUPABASE_ANON_KEY")!, { global: { headers: { Authorization: header } } });
  const { data: who, error: denied } = await caller.auth.getUser();
  if (denied || !who?.user?.id) return reply(401, { error: "unauthorized" });

  const admin = createClient(url, Deno.env.get("SUPABASE_SERVICE_ROLE_KEY")!);
  const { data: isManager } = await admin.rpc("has_role", { member: who.user.id, role: "manager" });
  if (isManager !== true) return reply(403, { error: "managers only" });

  const { owner_id } = await req.json().catch(() => ({ owner_id: null }));
  if (typeof owner_id !== "string") return reply(400, { error: "owner_id is a text" });
  const { error } = await admin.from("shops").update({ open: false }).eq("owner_id", owner_id);
  if (error) return reply(503, { error: "unavailable" });
  return new Response(null, { status: 204 });
});
