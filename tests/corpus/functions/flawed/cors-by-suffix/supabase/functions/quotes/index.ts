import { createClient } from "npm:@supabase/supabase-js@2.45.4";

Deno.serve(async (req) => {
  const origin = req.headers.get("Origin") ?? "";
  const headers = new Headers({ "Content-Type": "application/json", Vary: "Origin" });
  if (origin.endsWith("example.org")) {
    headers.set("Access-Control-Allow-Origin", origin);
    headers.set("Access-Control-Allow-Credentials", "true");
  }
  if (req.method === "OPTIONS") return new Response(null, { headers });
  const supabase = createClient(Deno.env.get("SUPABASE_URL")!, Deno.env.get("SUPABASE_ANON_KEY")!, {
    global: { headers: { Authorization: req.headers.get("Authorization")! } },
  });
  const { data, error } = await supabase.from("quotes").select("id, text").limit(20);
  if (error) return new Response("{}", { status: 503, headers });
  return new Response(JSON.stringify(data), { headers });
});
