import { createClient } from "npm:@supabase/supabase-js@2.45.4";

Deno.serve(async (req) => {
  const supabase = createClient(Deno.env.get("SUPABASE_URL")!, Deno.env.get("SUPABASE_ANON_KEY")!, {
    global: { headers: { Authorization: req.headers.get("Authorization")! } },
  });
  const { count } = await req.json();
  if (typeof count !== "number") return new Response("count is a number", { status: 400 });
  const codes: { code: string }[] = [];
  for (let i = 0; i < count; i++) {
    codes.push({ code: crypto.randomUUID().slice(0, 8) });
  }
  const { error } = await supabase.from("codes").insert(codes);
  if (error) return new Response("unavailable", { status: 503 });
  return Response.json({ made: codes.length });
});
