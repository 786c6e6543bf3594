import { createClient, type User } from "npm:@supabase/supabase-js@2.45.4";

const db = createClient(Deno.env.get("SUPABASE_URL")!, Deno.env.get("SUPABASE_SERVICE_ROLE_KEY")!);
const json = (body: unknown, init: ResponseInit = {}) => Response.json(body, init);

async function user(req: Request): Promise<User | null> {
  const { data } = await db.auth.getUser(req.headers.get("authorization")?.slice(7) ?? "");
  return data.user;
}

const actions: Record<string, (req: Request) => Promise<Response>> = {
  async list(req) {
    const me = await user(req);
    if (me === null) return json({ error: "unauthorized" }, { status: 401 });
    const { data, error } = await db.from("rooms").select("id, title").eq("created_by", me.id).limit(20);
    return error ? json({ error: "unavailable" }, { status: 503 }) : json(data);
  },
  async purge() {
    const { error } = await db.from("rooms").delete().lt("last_seen", new Date(Date.now() - 3_600_000).toISOString());
    return error ? json({ error: "unavailable" }, { status: 503 }) : new Response(null, { status: 204 });
  },
};

Deno.serve(async (req) => {
  const action = actions[new URL(req.url).searchParams.get("action") ?? ""];
  return action ? await action(req) : json({ error: "unknown action" }, { status: 400 });
});
