import { createClient } from "npm:@supabase/supabase-js@2.45.4";

function isFeedback(value: any): value is { text: string; stars: number } {
  return typeof value?.text === "string" && value.text.length < 2000 && Number.isInteger(value?.stars);
}

Deno.serve(async (req) => {
  const supabase = createClient(Deno.env.get("SUPABASE_URL")!, Deno.env.get("SUPABASE_ANON_KEY")!, {
    global: { headers: { Authorization: req.headers.get("Authorization")! } },
  });
  const body = await req.json();
  isFeedback(body);
  const { error } = await supabase.from("feedback").insert({ text: body.text, stars: body.stars });
  if (error) return new Response("unavailable", { status: 503 });
  return new Response(null, { status: 201 });
});
