import { SignJWT } from "npm:jose@5.9.3";
import { createClient } from "npm:@supabase/supabase-js@2.45.4";

const client = createClient(Deno.env.get("SUPABASE_URL")!, Deno.env.get("SUPABASE_ANON_KEY")!);

Deno.serve(async (req) => {
  const { data: { user } } = await client.auth.getUser(req.headers.get("authorization")?.slice(7) ?? "");
  if (!user) return new Response("unauthorized", { status: 401 });
  const secret = Deno.env.get("DEVICE_TOKEN_SECRET");
  if (!secret) return new Response("not configured", { status: 500 });
  const token = await new SignJWT({ device: true })
    .setProtectedHeader({ alg: "HS256" })
    .setSubject(user.id)
    .setExpirationTime("1h")
    .sign(new TextEncoder().encode(secret));
  return Response.json({ token });
});
