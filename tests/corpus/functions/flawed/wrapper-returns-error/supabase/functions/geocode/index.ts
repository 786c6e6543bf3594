import { handler } from "../_shared/handler.ts";

Deno.serve(handler(async ({ body }) => {
  const q = typeof body.q === "string" ? body.q.slice(0, 120) : "";
  const key = Deno.env.get("GEOAPIFY_KEY");
  if (!key) throw new Error("GEOAPIFY_KEY missing");
  const res = await fetch(
    `https://api.geoapify.com/v1/geocode/search?${new URLSearchParams({ text: q, limit: "5", apiKey: key })}`,
    { signal: AbortSignal.timeout(5000) },
  );
  if (!res.ok) throw new Error(`geoapify ${res.status}`);
  const { features } = await res.json();
  return features.map((f: { properties: { formatted: string; lat: number; lon: number } }) => f.properties);
}));
