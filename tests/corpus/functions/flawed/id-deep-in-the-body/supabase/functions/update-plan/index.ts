import { createClient } from "npm:@supabase/supabase-js@2.45.4";
import { z } from "npm:zod@3.23.8";

const Payload = z.object({ account: z.object({ owner: z.object({ id: z.string().uuid() }) }), plan: z.enum(["free", "pro"]) });
const admin = createClient(Deno.env.get("SUPABASE_URL")!, Deno.env.get("SUPABASE_SERVICE_ROLE_KEY")!);

Deno.serve(async (req) => {
  const { data: { user } } = await admin.auth.getUser(req.headers.get("authorization")?.slice(7) ?? "");
  if (!user) return new Response("unauthorized", { status: 401 });
  const { account: { owner: { id: ownerId } }, plan } = Payload.parse(await req.json());
  const { error } = await admin.from("accounts").update({ plan }).eq("owner_id", ownerId);
  if (error) return new Response("unavailable", { status: 503 });
  return new Response(null, { status: 204 });
});
