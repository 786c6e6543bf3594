import { createClient } from "npm:@supabase/supabase-js@2.45.4";
import { corsHeaders, fail, ok } from "../_shared/http.ts";

Deno.serve(async (req) => {
  if (req.method === "OPTIONS") return new Response("ok", { headers: corsHeaders });
  const supabase = createClient(Deno.env.get("SUPABASE_URL")!, Deno.env.get("SUPABASE_ANON_KEY")!, {
    global: { headers: { Authorization: req.headers.get("Authorization")! } },
  });
  const { data, error } = await supabase.from("habits").select("id, title").limit(50);
  if (error) return fail(500, error);
  return ok(data);
});
