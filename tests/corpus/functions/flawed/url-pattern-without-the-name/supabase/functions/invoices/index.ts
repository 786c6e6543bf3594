import { createClient } from "npm:@supabase/supabase-js@2.45.4";

const one = new URLPattern({ pathname: "/invoices-by-id/:id" });

Deno.serve(async (req) => {
  const match = one.exec(req.url);
  if (!match) return new Response("not found", { status: 404 });
  const supabase = createClient(Deno.env.get("SUPABASE_URL")!, Deno.env.get("SUPABASE_ANON_KEY")!, {
    global: { headers: { Authorization: req.headers.get("Authorization")! } },
  });
  const { data, error } = await supabase.from("invoices").select("id, total").eq("id", match.pathname.groups.id).maybeSingle();
  if (error) return new Response("unavailable", { status: 503 });
  return Response.json(data);
});
