const METHODS = "GET, POST, OPTIONS";

export function corsFor(req: Request): HeadersInit {
  const requestOrigin = req.headers.get("origin") ?? "";
  return {
    "Access-Control-Allow-Origin": requestOrigin,
    "Access-Control-Allow-Credentials": "true",
    "Access-Control-Allow-Methods": METHODS,
    "Access-Control-Allow-Headers": "authorization, apikey, content-type, x-client-info",
    Vary: "Origin",
  };
}

export function preflight(req: Request): Response | null {
  return req.method === "OPTIONS" ? new Response(null, { status: 204, headers: corsFor(req) }) : null;
}
