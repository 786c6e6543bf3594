import { createClient } from "npm:@supabase/supabase-js@2.45.4";

async function sendMail(to: string): Promise<void> {
  const res = await fetch("https://api.resend.com/emails", {
    method: "POST",
    headers: { Authorization: `Bearer ${Deno.env.get("RESEND_API_KEY")}` },
    body: JSON.stringify({ to, subject: "Come along" }),
    signal: AbortSignal.timeout(5_000),
  });
  if (!res.ok) throw new Error("mail was refused");
}

Deno.serve(async (req) => {
  const client = createClient(Deno.env.get("SUPABASE_URL")!, Deno.env.get("SUPABASE_ANON_KEY")!);
  const { data: { user } } = await client.auth.getUser(req.headers.get("authorization")?.slice(7) ?? "");
  if (!user) return new Response("unauthorized", { status: 401 });
  const { friend } = await req.json();
  if (typeof friend !== "string" || friend.length > 320) return new Response("bad request", { status: 400 });
  sendMail(friend);
  return new Response(null, { status: 202 });
});
