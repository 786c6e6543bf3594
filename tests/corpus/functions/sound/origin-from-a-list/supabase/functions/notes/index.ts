const allowed = ["https://app.example.com", "https://admin.example.com"];

Deno.serve((req) => {
  const origin = req.headers.get("origin") ?? "";
  const headers = allowed.includes(origin) ? { "Access-Control-Allow-Origin": origin, "Access-Control-Allow-Credentials": "true", "Vary": "Origin" } : {};
  return new Response("ok", { headers });
});
