export const corsHeaders = { "Access-Control-Allow-Origin": "https://app.example.org", "Vary": "Origin" };

export const ok = (data: unknown): Response => Response.json({ data }, { headers: corsHeaders });

export const fail = (status: number, error: unknown): Response =>
  new Response(JSON.stringify({ error }), { status, headers: { ...corsHeaders, "Content-Type": "application/json" } });
