import OpenAI from "npm:openai@4.73.1";
import { createClient } from "npm:@supabase/supabase-js@2.49.4";
import { alertOps } from "./alert.ts";

const MODELS = { free: "gpt-4o-mini", pro: "gpt-4o" } as const;

const db = createClient(Deno.env.get("SUPABASE_URL")!, Deno.env.get("SUPABASE_SERVICE_ROLE_KEY")!, {
  auth: { persistSession: false },
});

Deno.serve(async (req) => {
  const { data: { user } } = await db.auth.getUser(req.headers.get("Authorization")?.split("Bearer ")[1] ?? "");
  if (!user) return Response.json({ error: "unauthorized" }, { status: 401 });

  const { text } = (await req.json().catch(() => null)) ?? {};
  if (typeof text !== "string" || text.length < 50 || text.length > 12_000) {
    return Response.json({ error: "text must have 50 to 12000 characters" }, { status: 400 });
  }

  const apiKey = Deno.env.get("OPENAI_API_KEY");
  if (!apiKey) return Response.json({ error: "unavailable" }, { status: 503 });

  try {
    const { data: account, error } = await db
      .from("auth_users_view")
      .select("raw_user_meta_data")
      .eq("id", user.id)
      .single();
    if (error) throw error;

    const pro = account.raw_user_meta_data?.plan === "pro";
    const openai = new OpenAI({ apiKey, timeout: 40_000, maxRetries: 1 });
    const completion = await openai.chat.completions.create({
      model: pro ? MODELS.pro : MODELS.free,
      max_tokens: pro ? 900 : 250,
      messages: [
        { role: "system", content: "Summarize the text in plain language." },
        { role: "user", content: text },
      ],
    });
    return Response.json({ summary: completion.choices[0].message.content });
  } catch (err) {
    console.error("summarize", err);
    await alertOps("summarize is failing");
    return Response.json({ error: "no summary available" }, { status: 502 });
  }
});
