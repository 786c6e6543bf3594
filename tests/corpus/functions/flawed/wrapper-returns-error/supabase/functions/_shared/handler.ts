import { createClient } from "npm:@supabase/supabase-js@2.49.4";

export type Ctx = { userId: string; body: Record<string, unknown> };

const reply = (status: number, body: unknown) =>
  new Response(JSON.stringify(body), { status, headers: { "content-type": "application/json" } });

export function handler(run: (ctx: Ctx) => Promise<unknown>) {
  return async (req: Request): Promise<Response> => {
    const sb = createClient(Deno.env.get("SUPABASE_URL")!, Deno.env.get("SUPABASE_ANON_KEY")!);
    const { data } = await sb.auth.getUser(req.headers.get("Authorization")?.replace("Bearer ", "") ?? "");
    if (!data.user) return reply(401, { error: "unauthorized" });

    const body = await req.json().catch(() => null);
    if (body === null || typeof body !== "object" || Array.isArray(body)) return reply(400, { error: "object expected" });

    try {
      return reply(200, await run({ userId: data.user.id, body }));
    } catch (e) {
      console.error("handler failed", e);
      return reply(500, { error: String(e) });
    }
  };
}
