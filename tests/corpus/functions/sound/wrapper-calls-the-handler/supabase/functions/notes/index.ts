import { createClient } from "npm:@supabase/supabase-js@2.45.4";
async function withAuth(req: Request, then: (user: { id: string }) => Promise<Response>): Promise<Response> {
  const client = createClient(Deno.env.get("SUPABASE_URL")!, Deno.env.get("SUPABASE_ANON_KEY")!);
  const { data: { user } } = await client.auth.getUser(req.headers.get("authorization")?.slice(7) ?? "");
  if (user === null) return new Response("no", { status: 401 });
  return then(user);
}
Deno.serve((req) => withAuth(req, async (user) => {
  const admin = createClient(Deno.env.get("SUPABASE_URL")!, Deno.env.get("SUPABASE_SERVICE_ROLE_KEY")!);
  const { data, error } = await admin.from("x").select("id").eq("user_id", user.id);
  return error ? new Response("x", { status: 500 }) : Response.json(data);
}));
