import { createClient } from "npm:@supabase/supabase-js@2.45.4";

class Points {
  static readonly admin = createClient(Deno.env.get("SUPABASE_URL")!, Deno.env.get("SUPABASE_SERVICE_ROLE_KEY")!);
  static async remove(userId: string): Promise<boolean> {
    const { error } = await Points.admin.from("points").delete().eq("user_id", userId);
    return error == null;
  }
}

Deno.serve(async (req) => {
  const token = req.headers.get("authorization")?.slice(7) ?? "";
  const { data: { user } } = await Points.admin.auth.getUser(token);
  if (!user) return new Response("unauthorized", { status: 401 });
  const body = await req.json().catch(() => null);
  if (typeof body?.userId !== "string") return new Response("bad request", { status: 400 });
  const target = body.userId ?? user.id;
  if (!(await Points.remove(target))) return new Response("unavailable", { status: 503 });
  return new Response(null, { status: 204 });
});
