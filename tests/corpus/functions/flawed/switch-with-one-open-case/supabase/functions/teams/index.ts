import { createClient } from "npm:@supabase/supabase-js@2.45.4";

const url = Deno.env.get("SUPABASE_URL")!;
const serviceKey = Deno.env.get("SUPABASE_SERVICE_ROLE_KEY")!;

async function currentUser(req: Request) {
  const client = createClient(url, Deno.env.get("SUPABASE_ANON_KEY")!, {
    global: { headers: { Authorization: req.headers.get("Authorization") ?? "" } },
  });
  const { data, error } = await client.auth.getUser();
  return error ? null : data.user;
}

Deno.serve(async (req) => {
  const admin = createClient(url, serviceKey);
  const id = new URL(req.url).pathname.split("/").pop() ?? "";
  if (!/^[0-9a-f-]{36}$/.test(id)) return new Response("not found", { status: 404 });

  switch (req.method) {
    case "GET": {
      const user = await currentUser(req);
      if (!user) return new Response("unauthorized", { status: 401 });
      const { data, error } = await admin.from("teams").select("name").eq("id", id).eq("owner", user.id).maybeSingle();
      if (error) return new Response("unavailable", { status: 503 });
      return Response.json(data);
    }
    case "DELETE": {
      const { error } = await admin.from("teams").delete().eq("id", id);
      if (error) return new Response("unavailable", { status: 503 });
      return new Response(null, { status: 204 });
    }
    default:
      return new Response("method not allowed", { status: 405 });
  }
});
