const url = Deno.env.get("SUPABASE_URL");
const key = Deno.env.get("SUPABASE_SERVICE_ROLE_KEY");

Deno.serve(async () => {
  const answer = await fetch(`${url}/rest/v1/profiles?select=id`, {
    headers: { apikey: `${key}`, authorization: `Bearer ${key}` },
    signal: AbortSignal.timeout(5000),
  });
  return Response.json(await answer.json());
});
