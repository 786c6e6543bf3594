import { createClient } from "npm:@supabase/supabase-js@2.45.4";

const secretToken = Deno.env.get("TELEGRAM_SECRET_TOKEN");
if (!secretToken) throw new Error("TELEGRAM_SECRET_TOKEN is not set");

Deno.serve(async (req) => {
  if (req.headers.get("X-Telegram-Bot-Api-Secret-Token") !== secretToken) return new Response("forbidden", { status: 403 });
  const update = await req.json();
  const chatId = update?.message?.chat?.id;
  if (typeof chatId !== "number") return new Response("ok");
  const admin = createClient(Deno.env.get("SUPABASE_URL")!, Deno.env.get("SUPABASE_SERVICE_ROLE_KEY")!);
  const { error } = await admin.from("chats").upsert({ chat_id: chatId, seen_at: new Date().toISOString() });
  if (error) return new Response("unavailable", { status: 503 });
  return new Response("ok");
});
