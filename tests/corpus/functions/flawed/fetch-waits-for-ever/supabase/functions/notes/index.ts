Deno.serve(async () => {
  const answer = await fetch("https://api.example.com/weather");
  return Response.json(await answer.json());
});
