import { createClient } from "npm:@supabase/supabase-js@2.45.4";

const MAX_BYTES = 5 * 1024 * 1024;

Deno.serve(async (req) => {
  const size = Number(req.headers.get("Content-Length"));
  if (!Number.isFinite(size) || size <= 0 || size > MAX_BYTES) return new Response("too large", { status: 413 });
  const supabase = createClient(Deno.env.get("SUPABASE_URL")!, Deno.env.get("SUPABASE_ANON_KEY")!, {
    global: { headers: { Authorization: req.headers.get("Authorization")! } },
  });
  const form = await req.formData();
  const file = form.get("scan");
  if (!(file instanceof File) || file.type !== "application/pdf") return new Response("no PDF", { status: 400 });
  const { error } = await supabase.storage.from("scans").upload(`${crypto.randomUUID()}.pdf`, file);
  if (error) return new Response("unavailable", { status: 503 });
  return new Response(null, { status: 201 });
});
