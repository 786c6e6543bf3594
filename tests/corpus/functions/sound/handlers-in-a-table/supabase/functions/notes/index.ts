import { createClient } from "npm:@supabase/supabase-js@2.45.4";
const handlers: Record<string, (req: Request) => Promise<Response>> = { GET: list, POST: add };
const admin = createClient(Deno.env.get("SUPABASE_URL")!, Deno.env.get("SUPABASE_SERVICE_ROLE_KEY")!);
async function auth(req: Request) {
  const token = req.headers.get("Authorization")?.split(" ")[1];
  if (!token) return { ok: false as const, res: new Response("no", { status: 401 }) };
  const { data, error } = await admin.auth.getUser(token);
  if (error) return { ok: false as const, res: new Response("no", { status: 401 }) };
  return { ok: true as const, user: data.user };
}
async function list(req: Request) {
  const who = await auth(req);
  if (!who.ok) return who.res;
  const { data, error } = await admin.from("x").select("id").eq("user_id", who.user.id);
  if (error) return new Response("x", { status: 500 });
  return Response.json(data);
}
async function add(req: Request) {
  const who = await auth(req);
  if (!who.ok) return who.res;
  const { title } = await req.json();
  if (typeof title !== "string" || title.length > 100) return new Response("bad", { status: 400 });
  const { error } = await admin.from("x").insert({ user_id: who.user.id, title });
  if (error) return new Response("x", { status: 500 });
  return new Response(null, { status: 201 });
}
Deno.serve((req) => handlers[req.method]?.(req) ?? new Response("no", { status: 405 }));
