import { serve } from "https://deno.land/std@0.131.0/http/server.ts";
import { createClient } from "https://esm.sh/@supabase/supabase-js@1.35.7";

const cors = {
  "Access-Control-Allow-Origin": "https://todo.example.org",
  "Access-Control-Allow-Headers": "authorization, x-client-info, apikey",
};

serve(async (req: Request) => {
  if (req.method === "OPTIONS") return new Response("ok", { headers: cors });
  const jwt = req.headers.get("Authorization")?.replace("Bearer ", "") ?? "";
  const supabase = createClient(Deno.env.get("SUPABASE_URL") ?? "", Deno.env.get("SUPABASE_ANON_KEY") ?? "");
  supabase.auth.setAuth(jwt);

  const { data, error } = await supabase.from("todos").select("id, title, done").order("created_at").limit(100);
  if (error) return new Response(JSON.stringify({ error: "unavailable" }), { status: 503, headers: cors });
  return new Response(JSON.stringify(data), { headers: { ...cors, "Content-Type": "application/json" } });
});
