Deno.serve((req) => {
  const origin = req.headers.get("origin");
  return new Response("ok", { headers: { "Access-Control-Allow-Origin": origin, "Access-Control-Allow-Credentials": "true", "Vary": "Origin" } });
});
