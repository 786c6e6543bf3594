import OpenAI from "openai";
import { z } from "zod";

const Message = z.object({
  role: z.enum(["user", "assistant"]),
  content: z.string().min(1),
});

const Input = z.object({
  messages: z.array(Message).min(1),
  maxTokens: z.number().int().positive(),
});

const cors = {
  "Access-Control-Allow-Origin": "*",
  "Access-Control-Allow-Headers": "authorization, x-client-info, apikey, content-type",
};

Deno.serve(async (req) => {
  if (req.method === "OPTIONS") return new Response("ok", { headers: cors });

  const apiKey = Deno.env.get("OPENAI_API_KEY");
  if (!apiKey) {
    console.error("OPENAI_API_KEY is not set");
    return Response.json({ error: "unavailable" }, { status: 503, headers: cors });
  }

  const parsed = Input.safeParse(await req.json().catch(() => undefined));
  if (!parsed.success) {
    return Response.json({ issues: parsed.error.issues }, { status: 400, headers: cors });
  }

  const openai = new OpenAI({ apiKey, timeout: 45_000, maxRetries: 1 });
  try {
    const completion = await openai.chat.completions.create({
      model: "gpt-4o-mini",
      max_tokens: parsed.data.maxTokens,
      messages: [{ role: "system", content: "You are the help desk of Lumen Lamps." }, ...parsed.data.messages],
    });
    return Response.json({ reply: completion.choices[0]?.message.content ?? "" }, { headers: cors });
  } catch (err) {
    console.error("completion failed", err);
    return Response.json({ error: "assistant unavailable" }, { status: 502, headers: cors });
  }
});
