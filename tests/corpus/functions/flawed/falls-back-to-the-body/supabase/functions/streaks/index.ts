import { createClient } from "npm:@supabase/supabase-js@2.45.4";

const supabase = createClient(Deno.env.get("SUPABASE_URL")!, Deno.env.get("SUPABASE_SERVICE_ROLE_KEY")!);

Deno.serve(async (req) => {
  const body = await req.json().catch(() => ({}));
  const { data } = await supabase.auth.getUser((req.headers.get("authorization") ?? "").replace(/bearer /i, ""));
  const userId = data.user?.id ?? body.user_id;
  if (typeof userId !== "string") return new Response("unauthorized", { status: 401 });
  const { data: streak, error } = await supabase.from("streaks").select("days").eq("user_id", userId).maybeSingle();
  if (error) return new Response("unavailable", { status: 503 });
  return Response.json({ days: streak?.days ?? 0 });
});
