const key = Deno.env.get("WEATHER_API_KEY");
if (!key) throw new Error("WEATHER_API_KEY is not set");

Deno.serve(async () => {
  const answer = await fetch(`https://api.example.com/weather?key=${key}`, { signal: AbortSignal.timeout(5000) });
  if (!answer.ok) {
    console.error(JSON.stringify({ status: answer.status }));
    return new Response("unavailable", { status: 502 });
  }
  return new Response(answer.body);
});
