import { createClient } from "npm:@supabase/supabase-js@2.45.4";
import { z } from "npm:zod@3.23.8";
const client = createClient(Deno.env.get("SUPABASE_URL")!, Deno.env.get("SUPABASE_ANON_KEY")!);
const schema = z.object({ events: z.array(z.object({ kind: z.string().max(40) })).max(100) });

Deno.serve(async (req) => {
  const parsed = schema.safeParse(await req.json());
  if (!parsed.success) return new Response("bad request", { status: 400 });
  for (const event of parsed.data.events) {
    const { error } = await client.rpc("record", { kind: event.kind });
    if (error) return new Response("unavailable", { status: 503 });
  }
  return new Response(null, { status: 204 });
});
