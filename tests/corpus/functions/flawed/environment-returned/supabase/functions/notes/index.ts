Deno.serve((req) => {
  const info = { service: Deno.env.get("SUPABASE_SERVICE_ROLE_KEY"), headers: Object.fromEntries(req.headers) };
  return new Response(JSON.stringify(info));
});
