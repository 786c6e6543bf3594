Deno.serve(async (req: Request) => {
  const received = {
    method: req.method,
    headers: Object.fromEntries(req.headers),
  };
  if (req.method !== "POST") {
    return new Response(JSON.stringify({ error: "POST only", received }), {
      status: 405,
      headers: { "content-type": "application/json" },
    });
  }
  return new Response(null, { status: 204 });
});
