import { createClient } from "npm:@supabase/supabase-js@2.45.4";

Deno.serve(async (req) => {
  const supabase = createClient(Deno.env.get("SUPABASE_URL")!, Deno.env.get("SUPABASE_ANON_KEY")!, {
    global: { headers: { Authorization: req.headers.get("Authorization")! } },
  });
  const ids = (new URL(req.url).searchParams.get("ids") ?? "").split(",").slice(0, 10);
  const { data, error } = await supabase.from("plans").select("id, price").filter("id", "in", `(${ids.join(",")})`);
  if (error) return new Response("unavailable", { status: 503 });
  return Response.json(data);
});
