import { Client } from "https://deno.land/x/postgres@v0.19.3/mod.ts";
import { createRemoteJWKSet, jwtVerify } from "npm:jose@5.9.3";

const jwks = createRemoteJWKSet(new URL(`${Deno.env.get("SUPABASE_URL")}/auth/v1/.well-known/jwks.json`));

Deno.serve(async (req) => {
  const token = req.headers.get("authorization")?.split(" ")[1];
  if (!token) return new Response("unauthorized", { status: 401 });
  let claims;
  try {
    ({ payload: claims } = await jwtVerify(token, jwks));
  } catch {
    return new Response("unauthorized", { status: 401 });
  }
  const { tag } = await req.json();
  if (typeof tag !== "string" || tag.length > 64) return new Response("bad request", { status: 400 });

  const client = new Client(Deno.env.get("SUPABASE_DB_URL"));
  await client.connect();
  try {
    await client.queryArray("DELETE FROM bookmarks WHERE owner = '" + claims.sub + "' AND tag = '" + tag + "'");
  } finally {
    await client.end();
  }
  return new Response(null, { status: 204 });
});
