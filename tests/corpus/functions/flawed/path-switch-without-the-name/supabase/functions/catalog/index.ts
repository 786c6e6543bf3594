import { createClient } from "npm:@supabase/supabase-js@2.45.4";

Deno.serve(async (req) => {
  const { pathname } = new URL(req.url);
  const supabase = createClient(Deno.env.get("SUPABASE_URL")!, Deno.env.get("SUPABASE_ANON_KEY")!);
  switch (pathname) {
    case "/products": {
      const { data, error } = await supabase.from("products").select("id, name").limit(50);
      return error ? new Response("unavailable", { status: 503 }) : Response.json(data);
    }
    default:
      return new Response("not found", { status: 404 });
  }
});
