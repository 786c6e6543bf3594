import { createClient } from "npm:@supabase/supabase-js@2.45.4";
import { z } from "npm:zod@3.23.8";

const Body = z.object({
  grants: z.array(z.object({ userId: z.string().uuid(), credits: z.number().int().positive().max(1_000) })).min(1).max(50),
});

const admin = createClient(Deno.env.get("SUPABASE_URL")!, Deno.env.get("SUPABASE_SERVICE_ROLE_KEY")!);

Deno.serve(async (req) => {
  const { data: { user }, error: denied } = await admin.auth.getUser(req.headers.get("authorization")?.slice(7) ?? "");
  if (denied || !user) return new Response("unauthorized", { status: 401 });
  if (user.app_metadata?.role !== "admin") return new Response("forbidden", { status: 403 });

  const body = Body.safeParse(await req.json().catch(() => null));
  if (!body.success) return Response.json({ error: "bad request" }, { status: 400 });

  const failed: string[] = [];
  for (const { userId, credits } of body.data.grants) {
    const { error } = await admin.rpc("grant_credits", { target: userId, amount: credits });
    if (error) failed.push(userId);
  }
  return Response.json({ failed }, { status: failed.length > 0 ? 502 : 200 });
});
