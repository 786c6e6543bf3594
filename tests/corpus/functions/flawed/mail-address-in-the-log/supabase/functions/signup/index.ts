import { createClient } from "npm:@supabase/supabase-js@2.45.4";

Deno.serve(async (req) => {
  const client = createClient(Deno.env.get("SUPABASE_URL")!, Deno.env.get("SUPABASE_ANON_KEY")!);
  const payload = await req.json();
  console.log("signup payload:", payload);
  const { email, password } = payload;
  if (typeof email !== "string" || typeof password !== "string") return new Response("bad request", { status: 400 });
  const { error } = await client.auth.signUp({ email, password });
  if (error) {
    console.error(`signup of ${email} failed`);
    return new Response("refused", { status: 400 });
  }
  return new Response(null, { status: 201 });
});
