import { createClient } from "npm:@supabase/supabase-js@2.49.4";
import { z } from "npm:zod@3.23.8";
import { passesTurnstile } from "./turnstile.ts";

const headers = {
  "Access-Control-Allow-Origin": "https://www.millbrook-joinery.com",
  "Access-Control-Allow-Headers": "content-type",
  Vary: "Origin",
};

const Contact = z.object({
  name: z.string().trim().min(1).max(100),
  email: z.string().email().max(200),
  message: z.string().trim().min(10).max(4000),
  captcha: z.string().min(1).max(2048),
});

Deno.serve(async (req) => {
  if (req.method === "OPTIONS") return new Response(null, { status: 204, headers });

  const contact = Contact.safeParse(await req.json().catch(() => null));
  if (!contact.success) return Response.json({ error: "please check the form" }, { status: 400, headers });
  const { captcha, ...entry } = contact.data;

  try {
    if (!(await passesTurnstile(captcha, req.headers.get("cf-connecting-ip")))) {
      return Response.json({ error: "captcha failed" }, { status: 403, headers });
    }
    const db = createClient(Deno.env.get("SUPABASE_URL")!, Deno.env.get("SUPABASE_SERVICE_ROLE_KEY")!);
    const { error } = await db.from("contact_requests").insert(entry);
    if (error) throw error;
    return Response.json({ received: true }, { status: 201, headers });
  } catch (err) {
    console.error("contact", err);
    return Response.json({ error: "please try again later" }, { status: 500, headers });
  }
});
