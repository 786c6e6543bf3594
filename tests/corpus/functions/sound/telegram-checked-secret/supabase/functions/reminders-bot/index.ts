import { Bot, webhookCallback } from "npm:grammy@1.32.0";
import { createClient } from "npm:@supabase/supabase-js@2.49.4";

type Settings = { token: string; secretToken: string };

function settings(): Settings {
  const token = Deno.env.get("TELEGRAM_BOT_TOKEN");
  const secretToken = Deno.env.get("TELEGRAM_WEBHOOK_SECRET");
  if (!token || !secretToken || secretToken.length < 16) {
    throw new Error("TELEGRAM_BOT_TOKEN and TELEGRAM_WEBHOOK_SECRET are required");
  }
  return { token, secretToken };
}

const db = () =>
  createClient(Deno.env.get("SUPABASE_URL")!, Deno.env.get("SUPABASE_SERVICE_ROLE_KEY")!, {
    auth: { persistSession: false },
  });

function build({ token, secretToken }: Settings) {
  const bot = new Bot(token, { client: { timeoutSeconds: 8 } });

  bot.command("remind", async (ctx) => {
    const text = ctx.match.trim().slice(0, 200);
    if (!text || !ctx.chat) return void (await ctx.reply("Usage: /remind <what>"));
    const { error } = await db().from("reminders").insert({ chat_id: ctx.chat.id, text });
    if (error) {
      console.error("reminders insert", error.code);
      await ctx.reply("That did not work, please try again.");
      return;
    }
    await ctx.reply("Noted.");
  });

  return webhookCallback(bot, "std/http", { secretToken, timeoutMilliseconds: 9_000 });
}

let handle: ((req: Request) => Promise<Response>) | undefined;

Deno.serve(async (req) => {
  try {
    handle ??= build(settings());
    return await handle(req);
  } catch (err) {
    console.error("reminders-bot", err);
    return new Response("error", { status: 500 });
  }
});
