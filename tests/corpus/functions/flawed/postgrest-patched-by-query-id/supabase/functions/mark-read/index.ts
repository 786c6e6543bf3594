const SUPABASE_URL = Deno.env.get("SUPABASE_URL")!;
const SERVICE_ROLE = Deno.env.get("SUPABASE_SERVICE_ROLE_KEY")!;

const restHeaders = {
  apikey: SERVICE_ROLE,
  Authorization: `Bearer ${SERVICE_ROLE}`,
  "Content-Type": "application/json",
};

async function whoIs(authorization: string): Promise<{ id: string } | undefined> {
  const res = await fetch(`${SUPABASE_URL}/auth/v1/user`, {
    headers: { apikey: SERVICE_ROLE, Authorization: authorization },
    signal: AbortSignal.timeout(3_000),
  });
  return res.ok ? await res.json() : undefined;
}

Deno.serve(async (req) => {
  const me = await whoIs(req.headers.get("Authorization") ?? "");
  if (me === undefined) return new Response("unauthorized", { status: 401 });

  const params = new URL(req.url).searchParams;
  const userId = params.get("user_id");
  if (!userId || !/^[0-9a-f-]{36}$/i.test(userId)) return new Response("bad request", { status: 400 });

  const res = await fetch(`${SUPABASE_URL}/rest/v1/notifications?user_id=eq.${userId}`, {
    method: "PATCH",
    headers: restHeaders,
    body: JSON.stringify({ read: true }),
    signal: AbortSignal.timeout(5_000),
  });
  return new Response(null, { status: res.ok ? 204 : 503 });
});
