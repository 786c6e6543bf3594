import { z } from "npm:zod@3.23.8";
import { createClient } from "npm:@supabase/supabase-js@2.45.4";

const Rsvp = z.object({ event: z.string().uuid(), guests: z.number().int().min(0).max(10) });

export default {
  async fetch(req: Request): Promise<Response> {
    const supabase = createClient(Deno.env.get("SUPABASE_URL")!, Deno.env.get("SUPABASE_ANON_KEY")!, {
      global: { headers: { Authorization: req.headers.get("Authorization")! } },
    });
    const body = await req.json();
    const parsed = Rsvp.safeParse(body);
    if (!parsed.success) console.warn("rsvp: body has another shape");
    const { error } = await supabase.from("rsvps").upsert({ event_id: body.event, guests: body.guests });
    if (error) return new Response("unavailable", { status: 503 });
    return new Response(null, { status: 204 });
  },
};
