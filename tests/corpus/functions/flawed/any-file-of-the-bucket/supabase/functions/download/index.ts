import { createClient } from "npm:@supabase/supabase-js@2.45.4";

const admin = createClient(Deno.env.get("SUPABASE_URL")!, Deno.env.get("SUPABASE_SERVICE_ROLE_KEY")!);

Deno.serve(async (req) => {
  const { data: { user }, error: denied } = await admin.auth.getUser(req.headers.get("authorization")?.slice(7) ?? "");
  if (denied || !user) return new Response("unauthorized", { status: 401 });

  const path = new URL(req.url).searchParams.get("path");
  if (path === null || path.length > 200) return new Response("bad request", { status: 400 });
  const { data, error } = await admin.storage.from("medical-reports").createSignedUrl(path, 60);
  if (error) return new Response("not found", { status: 404 });
  return Response.redirect(data.signedUrl, 302);
});
