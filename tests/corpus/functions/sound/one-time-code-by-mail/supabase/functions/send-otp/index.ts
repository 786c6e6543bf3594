import { createClient } from "npm:@supabase/supabase-js@2.45.4";

async function digest(text: string): Promise<string> {
  const bytes = await crypto.subtle.digest("SHA-256", new TextEncoder().encode(text));
  return Array.from(new Uint8Array(bytes), (byte) => byte.toString(16).padStart(2, "0")).join("");
}

Deno.serve(async (req) => {
  const key = Deno.env.get("MAIL_API_KEY");
  if (!key) return Response.json({ error: "mail is not set up" }, { status: 503 });
  const admin = createClient(Deno.env.get("SUPABASE_URL")!, Deno.env.get("SUPABASE_SERVICE_ROLE_KEY")!);
  const token = (req.headers.get("authorization") ?? "").replace("Bearer ", "");
  const { data, error } = await admin.auth.getUser(token);
  if (error || !data.user) return Response.json({ error: "unauthorized" }, { status: 401 });

  const otp = String(crypto.getRandomValues(new Uint32Array(1))[0] % 1_000_000).padStart(6, "0");
  const saved = await admin.from("mail_codes").upsert({ user_id: data.user.id, otp_hash: await digest(otp) });
  if (saved.error) return Response.json({ error: "not saved" }, { status: 500 });
  const mail = await fetch("https://api.mail.example/send", {
    method: "POST",
    headers: { authorization: `Bearer ${key}`, "content-type": "application/json" },
    body: JSON.stringify({ to: data.user.email, text: `Your code is ${otp}` }),
    signal: AbortSignal.timeout(5_000),
  });
  if (!mail.ok) return Response.json({ error: "not sent" }, { status: 502 });
  return Response.json({ sent: true });
});
