import { createClient } from "npm:@supabase/supabase-js@2.45.4";

const admin = createClient(Deno.env.get("SUPABASE_URL")!, Deno.env.get("SUPABASE_SERVICE_ROLE_KEY")!);

Deno.serve(async (req) => {
  const { data: { user }, error: denied } = await admin.auth.getUser(req.headers.get("authorization")?.slice(7) ?? "");
  if (denied || !user) return new Response("unauthorized", { status: 401 });
  const accountId = new URL(req.url).searchParams.get("account_id");
  if (!accountId) return new Response("account_id is missing", { status: 400 });

  const { data: membership } = await admin
    .from("account_members")
    .select("role")
    .eq("account_id", accountId)
    .eq("user_id", user.id)
    .maybeSingle();
  if (!membership) return new Response("forbidden", { status: 403 });

  const { data, error } = await admin.from("invoices").select("id, total").eq("account_id", accountId).limit(100);
  if (error) return new Response("unavailable", { status: 503 });
  return Response.json(data);
});
