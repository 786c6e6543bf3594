import { createClient } from "npm:@supabase/supabase-js@2.45.4";

Deno.serve((req) => {
  const supabase = createClient(Deno.env.get("SUPABASE_URL")!, Deno.env.get("SUPABASE_ANON_KEY")!, {
    global: { headers: { Authorization: req.headers.get("Authorization")! } },
  });
  supabase.from("pings").insert({ at: new Date().toISOString() });
  return new Response("pong");
});
