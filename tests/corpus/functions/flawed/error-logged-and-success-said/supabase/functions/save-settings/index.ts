import { createClient } from "npm:@supabase/supabase-js@2.45.4";

Deno.serve(async (req) => {
  const supabase = createClient(Deno.env.get("SUPABASE_URL")!, Deno.env.get("SUPABASE_ANON_KEY")!, {
    global: { headers: { Authorization: req.headers.get("Authorization")! } },
  });
  const { theme } = await req.json();
  if (theme !== "dark" && theme !== "light") return new Response("bad request", { status: 400 });
  const { error } = await supabase.from("settings").upsert({ theme });
  if (error) {
    console.error("save-settings", error.code);
  }
  return Response.json({ success: true });
});
