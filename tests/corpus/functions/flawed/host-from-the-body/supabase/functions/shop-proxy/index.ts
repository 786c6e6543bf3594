import { createClient } from "npm:@supabase/supabase-js@2.45.4";

Deno.serve(async (req) => {
  const client = createClient(Deno.env.get("SUPABASE_URL")!, Deno.env.get("SUPABASE_ANON_KEY")!);
  const { data: { user } } = await client.auth.getUser(req.headers.get("authorization")?.slice(7) ?? "");
  if (!user) return new Response("unauthorized", { status: 401 });
  const { shop } = await req.json();
  if (typeof shop !== "string" || shop.length > 100) return new Response("bad request", { status: 400 });
  const res = await fetch(`https://${shop}/admin/api/2024-07/products.json`, { signal: AbortSignal.timeout(5_000) });
  return new Response(res.body, { status: res.status });
});
