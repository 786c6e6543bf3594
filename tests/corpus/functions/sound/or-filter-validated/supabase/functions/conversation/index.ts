import { createClient } from "npm:@supabase/supabase-js@2.47.10";
import * as v from "npm:valibot@0.42.1";

const Input = v.object({
  peer: v.pipe(v.string(), v.uuid()),
  before: v.optional(v.pipe(v.string(), v.isoTimestamp())),
});

const service = createClient(
  Deno.env.get("SUPABASE_URL")!,
  Deno.env.get("SUPABASE_SERVICE_ROLE_KEY")!,
  { auth: { persistSession: false } },
);

Deno.serve(async (req) => {
  const { data: { user: me } } = await service.auth.getUser(req.headers.get("Authorization")?.replace("Bearer ", "") ?? "");
  if (!me) return Response.json({ error: "unauthorized" }, { status: 401 });

  const input = v.safeParse(Input, await req.json().catch(() => null));
  if (!input.success) return Response.json({ error: "peer" }, { status: 400 });
  const { peer, before = new Date().toISOString() } = input.output;

  const { data, error } = await service
    .from("messages")
    .select("id, sender, body, sent_at")
    .or(`and(sender.eq.${me.id},recipient.eq.${peer}),and(sender.eq.${peer},recipient.eq.${me.id})`)
    .lt("sent_at", before)
    .order("sent_at", { ascending: false })
    .limit(40);
  if (error) {
    console.error("messages", error.code);
    return Response.json({ error: "internal" }, { status: 500 });
  }
  return Response.json({ messages: data.reverse() });
});
