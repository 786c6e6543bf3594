const key = Deno.env.get("WEATHER_API_KEY")!;

Deno.serve(async () => {
  const answer = await fetch(`https://api.example.com/weather?key=${key}`, { signal: AbortSignal.timeout(5000) });
  return Response.json(await answer.json());
});
