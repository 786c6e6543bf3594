import { createClient } from "npm:@supabase/supabase-js@2.45.4";

const serviceKey = Deno.env.get("SUPABASE_SERVICE_ROLE_KEY")!;

async function withRetry<T>(work: () => Promise<T>, attempts = 3): Promise<T> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await work();
    } catch (error) {
      if (attempt >= attempts) throw error;
      await new Promise((resolve) => setTimeout(resolve, 2 ** attempt * 100));
    }
  }
}

Deno.serve(async (req) => {
  if (req.headers.get("Authorization") !== `Bearer ${serviceKey}`) return new Response("forbidden", { status: 403 });
  const admin = createClient(Deno.env.get("SUPABASE_URL")!, serviceKey);
  let from = 0;
  while (true) {
    const { data, error } = await withRetry(async () => await admin.from("articles").select("id").range(from, from + 499));
    if (error) return new Response("unavailable", { status: 503 });
    const { error: failed } = await admin.from("index_queue").insert(data.map(({ id }) => ({ article_id: id })));
    if (failed) return new Response("unavailable", { status: 503 });
    if (data.length < 500) break;
    from += 500;
  }
  return Response.json({ queued: true });
});
