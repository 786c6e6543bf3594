import { createClient } from "npm:@supabase/supabase-js@2.45.4";
import { log } from "./log.ts";

Deno.serve(async (req) => {
  log("info", "request", { method: req.method, headers: Object.fromEntries(req.headers.entries()) });
  const supabase = createClient(Deno.env.get("SUPABASE_URL")!, Deno.env.get("SUPABASE_ANON_KEY")!, {
    global: { headers: { Authorization: req.headers.get("Authorization")! } },
  });
  const { name } = await req.json();
  if (typeof name !== "string" || name.length > 50) return new Response("bad request", { status: 400 });
  const { error } = await supabase.from("tracked").insert({ name });
  if (error) {
    log("error", "insert failed", { code: error.code });
    return new Response("unavailable", { status: 503 });
  }
  return new Response(null, { status: 204 });
});
