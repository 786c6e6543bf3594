import { createClient } from "npm:@supabase/supabase-js@2.45.4";

Deno.serve(async (req) => {
  const supabase = createClient(Deno.env.get("SUPABASE_URL")!, Deno.env.get("SUPABASE_ANON_KEY")!, {
    global: { headers: { Authorization: req.headers.get("Authorization")! } },
  });
  const { topic } = await req.json();
  if (typeof topic !== "string" || topic.length > 60) return new Response("bad request", { status: 400 });
  const { error } = await supabase.from("subscriptions").insert({ topic });
  if (error) return new Response("unavailable", { status: 503 });
  await fetch("https://metrics.example.org/hit", { method: "POST", signal: AbortSignal.timeout(2_000) }).catch(() => {});
  return new Response(null, { status: 201 });
});
