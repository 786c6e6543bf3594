import { corsHeaders } from "../_shared/cors.ts";

Deno.serve((req) => {
  if (req.method === "OPTIONS") return new Response("ok", { headers: corsHeaders(req) });
  return new Response(JSON.stringify({ card: "plain" }), {
    headers: { ...corsHeaders(req), "Content-Type": "application/json" },
  });
});
