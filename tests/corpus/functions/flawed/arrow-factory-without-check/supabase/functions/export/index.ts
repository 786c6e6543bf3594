import { createClient, type SupabaseClient } from "jsr:@supabase/supabase-js@2.45.4";

interface Deps {
  readonly db: SupabaseClient;
  readonly now: () => Date;
}

const json = (body: unknown, status = 200) =>
  new Response(JSON.stringify(body), { status, headers: { "content-type": "application/json" } });

const createHandler = ({ db, now }: Deps) => async (req: Request): Promise<Response> => {
  if (req.method !== "GET") return json({ error: "method not allowed" }, 405);
  const since = new Date(now().getTime() - 86_400_000).toISOString();
  const { data, error } = await db.from("subscriptions").select("id, plan, email").gte("created_at", since).limit(500);
  if (error) return json({ error: "unavailable" }, 503);
  return json(data);
};

const db = createClient(Deno.env.get("SUPABASE_URL")!, Deno.env.get("SUPABASE_SERVICE_ROLE_KEY")!);

Deno.serve(createHandler({ db, now: () => new Date() }));
