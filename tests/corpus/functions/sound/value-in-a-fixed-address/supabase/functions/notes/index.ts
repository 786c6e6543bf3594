Deno.serve(async (req) => {
  const city = encodeURIComponent(new URL(req.url).searchParams.get("city") ?? "");
  const answer = await fetch(`https://api.example.com/weather/${city}`, { signal: AbortSignal.timeout(5000) });
  return new Response(answer.body);
});
