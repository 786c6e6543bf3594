const ORIGINS: ReadonlySet<string> = new Set([
  "https://app.pinecone-press.com",
  "https://staging.pinecone-press.com",
]);
const PREVIEW = /^https:\/\/pr-\d{1,5}\.preview\.pinecone-press\.com$/;

function allowed(origin: string): boolean {
  return ORIGINS.has(origin) || PREVIEW.test(origin);
}

export function corsHeaders(req: Request): Record<string, string> {
  const origin = req.headers.get("Origin");
  if (!origin || !allowed(origin)) return { Vary: "Origin" };
  return {
    "Access-Control-Allow-Origin": origin,
    "Access-Control-Allow-Credentials": "true",
    "Access-Control-Allow-Headers": "authorization, apikey, content-type",
    "Access-Control-Allow-Methods": "POST, OPTIONS",
    Vary: "Origin",
  };
}
