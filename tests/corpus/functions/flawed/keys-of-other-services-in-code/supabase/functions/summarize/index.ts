import OpenAI from "npm:openai@4.67.3";

const openai = new OpenAI({ apiKey: "sk-proj-Jq3vT8mZr2LxKd0fWcYb5NhGt7PuSe1AoViR4Xy6QwMn9Bz" });
const SENDGRID = "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";

Deno.serve(async (req) => {
  const { text } = await req.json();
  if (typeof text !== "string" || text.length > 4000) return new Response("bad request", { status: 400 });
  const answer = await openai.chat.completions.create(
    { model: "gpt-4o-mini", messages: [{ role: "user", content: text }] },
    { timeout: 20_000 },
  );
  await fetch("https://api.sendgrid.com/v3/mail/send", {
    method: "POST",
    headers: { Authorization: `Bearer ${SENDGRID}` },
    body: JSON.stringify({ summary: answer.choices[0]?.message.content }),
    signal: AbortSignal.timeout(5_000),
  });
  return new Response(null, { status: 204 });
});
