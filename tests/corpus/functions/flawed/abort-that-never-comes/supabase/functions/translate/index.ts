Deno.serve(async (req) => {
  const { text } = await req.json();
  if (typeof text !== "string" || text.length > 1000) return new Response("bad request", { status: 400 });
  const controller = new AbortController();
  const res = await fetch("https://api.deepl.com/v2/translate", {
    method: "POST",
    body: new URLSearchParams({ text, target_lang: "DE" }),
    signal: controller.signal,
  });
  return new Response(res.body, { status: res.status });
});
