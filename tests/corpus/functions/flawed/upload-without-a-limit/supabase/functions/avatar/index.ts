import { createClient } from "npm:@supabase/supabase-js@2.45.4";

Deno.serve(async (req) => {
  const supabase = createClient(Deno.env.get("SUPABASE_URL")!, Deno.env.get("SUPABASE_ANON_KEY")!, {
    global: { headers: { Authorization: req.headers.get("Authorization")! } },
  });
  const form = await req.formData();
  const file = form.get("avatar");
  if (!(file instanceof File) || !file.type.startsWith("image/")) return new Response("no image", { status: 400 });
  const { error } = await supabase.storage.from("avatars").upload(`${crypto.randomUUID()}.png`, file);
  if (error) return new Response("unavailable", { status: 503 });
  return new Response(null, { status: 201 });
});
